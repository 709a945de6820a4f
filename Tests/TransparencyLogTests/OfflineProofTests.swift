import Testing
import TransparencyLog

@Suite struct OfflineProofTests {
    let signer: NoteSigner
    let policy: CheckpointPolicy

    init() throws {
        signer = try NoteSigner(name: "example.org/relief-audit", key: try key(7))
        policy = try CheckpointPolicy(logKeys: [signer.verifier])
    }

    func proof(of index: Int, in size: Int, extra: [UInt8]? = nil) throws -> OfflineProof {
        let log = try MemoryLog(entries: entries(0..<size))
        let checkpoint = try Checkpoint(origin: policy.origin, size: size, root: log.appender.root)
        return try OfflineProof(
            proof: log.tree().inclusionProof(of: index), note: checkpoint.signed(by: signer), extra: extra)
    }

    @Test(arguments: [(0, 1), (0, 2), (4, 5), (256, 257), (300, 1000)])
    func `a proof on file proves its entry without the log`(index: Int, size: Int) throws {
        let file = try proof(of: index, in: size).encoded
        let read = try OfflineProof(parsing: file)
        #expect(read.encoded == file)
        let entry = Array("entry \(index)".utf8)
        #expect(try read.verify(entry: entry, policy: policy).size == size)
        #expect(code { try read.verify(entry: entry + [0], policy: policy) } == .inconsistent)
        let stranger = try CheckpointPolicy(logKeys: [NoteSigner(name: policy.origin, key: key(8)).verifier])
        #expect(code { try read.verify(entry: entry, policy: stranger) } == .unsigned)
    }

    @Test func `the file has the form of the specification`() throws {
        let made = try proof(of: 1, in: 3, extra: Array("agent".utf8))
        let lines = made.encoded.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix(9) == [
                "c2sp.org/tlog-proof@v1", "extra YWdlbnQ=", "index 1",
                Substring(Hash.leaf(Array("entry 0".utf8)).base64),
                Substring(Hash.leaf(Array("entry 2".utf8)).base64), "", "example.org/relief-audit", "3",
                "lPvQ3YNvUDAWkubQ6t5yjuGexSv/8WBu2AfIV11aqhk=",
            ])
        #expect(try OfflineProof(parsing: made.encoded).extra == Array("agent".utf8))
    }

    @Test(arguments: [(0, 1), (1, 3), (2, 5)])
    func `every single bit of the file matters`(index: Int, size: Int) throws {
        let bytes = Array(try proof(of: index, in: size).encoded.utf8)
        let entry = Array("entry \(index)".utf8)
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: LogError.self, "bit \(bit)") {
                try OfflineProof(parsing: changed).verify(entry: entry, policy: policy)
            }
        }
    }

    @Test func `a proof for another size than the checkpoint's is not made`() throws {
        let log = try MemoryLog(entries: entries(0..<9))
        let note = try Checkpoint(origin: policy.origin, size: 9, root: log.appender.root).signed(by: signer)
        let smaller = try log.tree().inclusionProof(of: 2, at: 8)
        #expect(code { try OfflineProof(proof: smaller, note: note) } == .inconsistent)
    }

    @Test func `witnesses count in a file too`() throws {
        let witness = try Cosigner(name: "w1", key: try key(2))
        let strict = try CheckpointPolicy(logKeys: policy.logKeys, witnesses: [witness.verifier], quorum: 1)
        let bare = try proof(of: 1, in: 3)
        let entry = Array("entry 1".utf8)
        #expect(code { try bare.verify(entry: entry, policy: strict) } == .unsigned)
        var note = bare.note
        note.add(try witness.cosign(Checkpoint(body: note.text), at: 1_800_000_000))
        let seen = try OfflineProof(proof: InclusionProof(index: 1, size: 3, path: bare.path), note: note)
        #expect(try OfflineProof(parsing: seen.encoded).verify(entry: entry, policy: strict).size == 3)
    }

    @Test(arguments: [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"), ("index 1", "index 01"), ("index 1", "index -1"),
        ("index 1", "index  1"), ("index 1\n", ""), ("index 1", "index 9223372036854775808"),
        ("index 1", "extra !\nindex 1"), ("index 1", "extra AA==\nextra AA==\nindex 1"),
        ("index 1\n", "index 1\nAAAA\n"),
        ("index 1\n", "index 1\n\n"), ("\n", "\r\n"),
    ])
    func `what is no proof file is refused`(part: String, replacement: String) throws {
        let file = try proof(of: 1, in: 3).encoded.replacing(part, with: replacement)
        #expect(code { try OfflineProof(parsing: file) } == .malformed)
    }
}
