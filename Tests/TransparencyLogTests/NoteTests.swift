import Testing
import TransparencyLog

@Suite struct NoteTests {
    @Test func `several keys sign, unknown ones are ignored`() throws {
        let (ours, theirs) = (
            try NoteSigner(name: "log.example", key: key(1)), try NoteSigner(name: "other", key: key(2))
        )
        let note = try SignedNote(text: "a\n\nb\n", signers: [theirs, ours])
        let read = try SignedNote(parsing: note.encoded)
        #expect(read.text == "a\n\nb\n")
        #expect(try read.verify(with: [ours.verifier]).map(\.key) == [ours.verifier])
        #expect(try read.verify(with: [ours.verifier, theirs.verifier]).count == 2)
        let stranger = try NoteSigner(name: "log.example", key: key(3))
        #expect(code { try read.verify(with: [stranger.verifier]) } == .unsigned)
        #expect(code { try read.verify(with: []) } == .unsigned)
    }

    @Test func `one bad signature of a known key spoils the note`() throws {
        let (ours, theirs) = (
            try NoteSigner(name: "log.example", key: key(1)), try NoteSigner(name: "other", key: key(2))
        )
        var note = try SignedNote(text: "text\n", signers: [ours])
        note.add(try theirs.sign("another text\n"))
        #expect(code { try note.verify(with: [ours.verifier, theirs.verifier]) } == .forged)
        #expect(try note.verify(with: [ours.verifier]).count == 1)
        note.add(try ours.sign("another text\n"))
        #expect(code { try note.verify(with: [ours.verifier]) } == .forged)
    }

    @Test func `every single bit of a note matters`() throws {
        let signer = try NoteSigner(name: "log.example", key: key(1))
        let bytes = Array(try SignedNote(text: "text\n", signers: [signer]).encoded.utf8)
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: LogError.self, "bit \(bit)") {
                try SignedNote(parsing: changed).verify(with: [signer.verifier])
            }
        }
    }

    @Test(arguments: [
        "", "\n", "\n\n", "text\n", "text\n\n", "text\n\n— a AAAAAAA=", "text\n— a AAAAAAA=\n",
        "text\n\n- a AAAAAAA=\n",
        "text\n\n—  AAAAAAA=\n", "text\n\n— a  AAAAAAA=\n", "text\n\n— a AAAAAA==\n", "text\n\n— a AAAAAAB=\n",
        "text\n\n— a+b AAAAAAA=\n", "text\n\n— a\u{a0}b AAAAAAA=\n", "text\n\n— a\u{3000}b AAAAAAA=\n",
        "text\n\n— a AAAAAAA= \n", "text\n\n— a AAAA AAA=\n", "text\n\n— a AAAAAAA\n", "text\r\n\r\n— a AAAAAAA=\r\n",
        "te\txt\n\n— a AAAAAAA=\n", "te\0xt\n\n— a AAAAAAA=\n", "text\n\n— a AAAAAAA=\nmore\n",
        "text\n\n\u{2013} a AAAAAAA=\n",
    ])
    func `what is no note is refused`(note: String) {
        #expect(code { try SignedNote(parsing: note) } == .malformed)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let note = Array("te_xt\n\n— a AAAAAAA=\n".utf8)
        for bad: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x80]] {
            #expect(code { try SignedNote(parsing: note[..<2] + bad + note[3...]) } == .malformed)
        }
    }

    @Test func `a note carries up to 64 signatures`() throws {
        let signer = try NoteSigner(name: "log.example", key: key(1))
        let note = try SignedNote(text: "text\n", signers: [signer])
        let stranger = "— stranger AAAAAAA=\n"
        let many = try SignedNote(
            parsing: String(repeating: stranger, count: 0) + note.encoded + String(repeating: stranger, count: 63))
        #expect(try many.verify(with: [signer.verifier]).count == 1)
        #expect(many.signatures.count == 64)
        #expect(code { try SignedNote(parsing: many.encoded + stranger) } == .malformed)
    }

    @Test func `names that only look alike are two names`() throws {
        let composed = try NoteSigner(name: "caf\u{e9}", key: key(1)).verifier
        let decomposed = try NoteSigner(name: "cafe\u{301}", key: key(1)).verifier
        #expect(composed.name == decomposed.name)
        #expect(composed != decomposed)
        let note = try SignedNote(text: "text\n", signers: [try NoteSigner(name: "caf\u{e9}", key: key(1))])
        #expect(code { try note.verify(with: [decomposed]) } == .unsigned)
    }

    @Test(arguments: ["", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{7}"])
    func `a name that cannot stand in a note is refused`(name: String) {
        #expect(code { try NoteSigner(name: name, key: try key(1)) } == .malformed)
        #expect(code { try Checkpoint(origin: name, size: 0, root: .emptyTree) } == .malformed)
    }

    @Test(arguments: [
        ("example.com/foo+530d903a", LogError.Code.malformed),
        ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformed),
        ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformed),
        ("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformed),
        ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2", .malformed),
        ("example.com/foo+530d903a+Aeky", .malformed),
        ("example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .unsupported),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformed),
        ("", .malformed),
    ])
    func `a verifier key whose parts do not fit is refused`(vkey: String, expected: LogError.Code) {
        #expect(code { try NoteVerifier(vkey: vkey) } == expected)
    }

    @Test func `a text that cannot be a note's is not signed`() throws {
        let signer = try NoteSigner(name: "log.example", key: key(1))
        for text in ["", "text", "a\tb\n", "a\r\n"] {
            #expect(code { try SignedNote(text: text, signers: [signer]) } == .malformed)
        }
        #expect(code { try SignedNote(text: "text\n", signers: []) } == .unsigned)
    }
}
