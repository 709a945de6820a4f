import Contract
import Crypto
import Foundation
import Postgres
import Relief
import Support
import Testing

/// G13: an outsider with the files of the log and its key, and nothing of relief's code, comes to the same root.
@Suite(.database)
struct OutsiderTests {
    /// What a stranger writes after reading C2SP tlog-tiles, signed-note and RFC 6962.
    private struct Outsider {
        let folder: URL

        struct Head {
            let size: Int
            let root: Data
        }

        /// `vkey`: name+keyid+base64(1, public key).
        func head(vkey: String) throws -> Head {
            let parts = vkey.split(separator: "+", maxSplits: 2).map(String.init)
            let key = try #require(Data(base64Encoded: parts[2]))
            #expect(key.first == 1)
            let text = try String(contentsOf: folder.appending(path: "checkpoint"), encoding: .utf8)
            let cut = try #require(text.range(of: "\n\n"))
            let body = String(text[..<cut.lowerBound]) + "\n"
            let signature = try #require(text[cut.upperBound...].split(separator: "\n").first)
            let fields = signature.split(separator: " ")
            #expect(fields[0] == "—" && fields[1] == parts[0])
            let bytes = try #require(Data(base64Encoded: String(fields[2])))
            let digest = SHA256.hash(data: Data(parts[0].utf8) + [0x0A] + key)
            #expect(Data(digest).prefix(4) == bytes.prefix(4))
            let verifier = try Curve25519.Signing.PublicKey(rawRepresentation: key.dropFirst())
            #expect(verifier.isValidSignature(bytes.dropFirst(4), for: Data(body.utf8)))
            let lines = body.split(separator: "\n")
            #expect(lines[0] == parts[0])
            return Head(size: try #require(Int(lines[1])), root: try #require(Data(base64Encoded: String(lines[2]))))
        }

        func entries(_ size: Int) throws -> [Data] {
            var entries: [Data] = []
            for bundle in 0..<((size + 255) / 256) {
                let width = min(256, size - bundle * 256)
                let name = "tile/entries/" + number(bundle) + (width < 256 ? ".p/\(width)" : "")
                var rest = try Data(contentsOf: folder.appending(path: name))[...]
                for _ in 0..<width {
                    let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
                    entries.append(Data(rest.prefix(length)))
                    rest = rest.dropFirst(length)
                }
                #expect(rest.isEmpty)
            }
            return entries
        }

        /// The hashes that the tiles of the lowest level hold.
        func hashes(_ size: Int) throws -> [Data] {
            var hashes: [Data] = []
            for tile in 0..<((size + 255) / 256) {
                let width = min(256, size - tile * 256)
                let name = "tile/0/" + number(tile) + (width < 256 ? ".p/\(width)" : "")
                let bytes = try Data(contentsOf: folder.appending(path: name))
                for place in 0..<width { hashes.append(Data(bytes[(place * 32)..<(place * 32 + 32)])) }
            }
            return hashes
        }

        private func number(_ value: Int) -> String {
            let text = String(value)
            precondition(value < 1_000)
            return String(repeating: "0", count: 3 - text.count) + text
        }

        func leaf(_ entry: Data) -> Data { Data(SHA256.hash(data: [0] + entry)) }

        /// RFC 6962, 2.1.
        func root(_ hashes: ArraySlice<Data>) -> Data {
            if hashes.isEmpty { return Data(SHA256.hash(data: Data())) }
            if hashes.count == 1 { return hashes[hashes.startIndex] }
            var half = 1
            while half * 2 < hashes.count { half *= 2 }
            let (left, right) = (root(hashes.prefix(half)), root(hashes.dropFirst(half)))
            return Data(SHA256.hash(data: [1] + left + right))
        }
    }

    @Test func `G13: signature, entries, tiles and root agree for one who has only the files`() async throws {
        let office = try await Office.open()
        let sealer = Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock)
        // More than one bundle, grown in rounds of odd sizes.
        var made = Synthetic(seed: 13)
        for round in 0..<8 {
            for _ in 0..<(round * 7 + 5) {
                _ = try await office.door.perform(
                    RegisterPerson(name: made.name(), idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
            }
            try await sealer.seal()
        }
        let outsider = Outsider(folder: office.folder.appending(path: "log"))
        let key = try await office.door.answer(GetLogKey(), as: office.nobody).vkey
        let head = try outsider.head(vkey: key)
        #expect(head.size > 256)
        let entries = try outsider.entries(head.size)
        let leaves = entries.map(outsider.leaf)
        #expect(try outsider.hashes(head.size) == leaves)
        #expect(outsider.root(leaves[...]) == head.root)
        // What a leaf says of the rows that its command changed is their digest, line by line.
        let proof = try await office.door.answer(ProveAudit(index: Int64(head.size - 1)), as: office.auditor)
        #expect(Data((proof.leaf ?? "").utf8) == entries[head.size - 1])
        let lines = proof.rows.map { $0 + "\n" }.joined()
        let digest = SHA256.hash(data: Data(lines.utf8)).map { String(format: "%02x", $0) }.joined()
        #expect((proof.leaf ?? "").contains(digest))
        // Numbers of commands grow by order of leaves within what one writer did.
        let numbers = try entries.map { entry in
            let leaf = try #require(try JSONSerialization.jsonObject(with: entry) as? [String: Any])
            return try #require(leaf["seq"] as? Int)
        }
        #expect(numbers == numbers.sorted())
    }
}
