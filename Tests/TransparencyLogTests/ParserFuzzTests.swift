import Testing
import TransparencyLog

/// Whatever bytes come in, a parser refuses or gives a value that writes the very same bytes; it never traps.
@Suite struct ParserFuzzTests {
    static let rounds = 6000

    @Test func `notes`() throws {
        let seeds = [CheckpointTests.published, "a\n\nb\n\n— c AAAAAAA=\n"].map { Array($0.utf8) }
        fuzz(seeds, seed: 1) { try Array(SignedNote(parsing: $0).encoded.utf8) }
    }

    @Test func `offline proofs`() throws {
        let tests = try OfflineProofTests()
        let seeds = try [tests.proof(of: 0, in: 1), tests.proof(of: 3, in: 5, extra: [1, 2])].map {
            Array($0.encoded.utf8)
        }
        fuzz(seeds, seed: 2) { try Array(OfflineProof(parsing: $0).encoded.utf8) }
    }

    @Test func `checkpoints`() throws {
        let seeds = ["log\n7\n\(Hash.leaf([1]).base64)\next\n", "l\n0\n\(Hash.emptyTree.base64)\n"].map {
            Array($0.utf8)
        }
        fuzz(seeds, seed: 3) { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            return try Array(Checkpoint(body: text).body.utf8)
        }
    }

    @Test func `verifier keys`() throws {
        let seeds = [try NoteSigner(name: "a", key: key(1)).verifier.vkey].map { Array($0.utf8) }
        fuzz(seeds, seed: 4) { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            return try Array(NoteVerifier(vkey: text).vkey.utf8)
        }
    }

    @Test func `tile paths`() throws {
        let seeds = ["tile/0/x001/x234/067", "tile/entries/000.p/2", "tile/63/999.p/255"].map { Array($0.utf8) }
        fuzz(seeds, seed: 5) { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            return try Array(TilePath(parsing: text).path.utf8)
        }
    }

    @Test func `bundles`() throws {
        let seeds = try [EntryBundle.encode(entries(0..<5)), EntryBundle.encode([[], [1]])]
        fuzz(seeds, seed: 6) { try EntryBundle.encode(EntryBundle.decode($0)) }
    }

    private func fuzz(_ seeds: [[UInt8]], seed: UInt64, rewrite: ([UInt8]) throws -> [UInt8]?) {
        var generator = Seeded(seed)
        for input in seeds { #expect((try? rewrite(input)) == input) }
        for round in 0..<ParserFuzzTests.rounds {
            let input = mutate(seeds[round % seeds.count], with: &generator)
            do {
                guard let output = try rewrite(input) else { continue }
                #expect(output == input, "seed \(seed), round \(round)")
            } catch {
                #expect(error is LogError, "seed \(seed), round \(round)")
            }
        }
    }

    private func mutate(_ bytes: [UInt8], with generator: inout Seeded) -> [UInt8] {
        var bytes = bytes
        let lively = Array("\n +=—/.x0912AZ\r\t\0".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &generator)
            let end = Int.random(in: place...min(place + 40, bytes.count), using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] ^= 1 << Int.random(in: 0..<8, using: &generator)
            case 1: bytes[place] = lively.randomElement(using: &generator) ?? 0
            case 2: bytes.insert(lively.randomElement(using: &generator) ?? 0, at: place)
            case 3: bytes.removeSubrange(place..<end)
            case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
            default: bytes.removeSubrange(end...)
            }
        }
        return bytes
    }
}
