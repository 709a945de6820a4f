import Testing
import TransparencyLog

@Suite struct CheckpointTests {
    /// A checkpoint of a public Certificate Transparency test log of 2026, with the lines of witnesses on the public
    /// witness network; the first line has a type that we do not know.
    static let published = """
        arche2025h1.staging.ct.transparency.dev
        1432088532
        U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

        — arche2025h1.staging.ct.transparency.dev \
        zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
        — arche2025h1.staging.ct.transparency.dev \
        ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
        — transparency.dev/DEV:witness-little-garden \
        2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
        — remora.n621.de \
        2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==

        """

    @Test func `a published checkpoint with public witnesses verifies`() throws {
        let log = try NoteVerifier(
            vkey: "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f")
        let witnesses = [
            try NoteVerifier(
                vkey: "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"
            ),
            try NoteVerifier(vkey: "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"),
        ]
        let note = try SignedNote(parsing: CheckpointTests.published)
        let policy = try CheckpointPolicy(logKeys: [log], witnesses: witnesses, quorum: 2)
        #expect(try policy.verify(note).size == 1_432_088_532)
        #expect(try note.verify(with: witnesses).map(\.time) == [0x6A12_2120, 0x6A12_2120])
        let earlier = CheckpointTests.published.replacing("1432088532", with: "1432088531")
        #expect(code { try policy.verify(SignedNote(parsing: earlier)) } == .forged)
    }

    @Test func `a checkpoint reads and writes itself`() throws {
        let checkpoint = try Checkpoint(origin: "example.com/log", size: 7, root: .leaf([1]))
        #expect(try Checkpoint(body: checkpoint.body) == checkpoint)
        #expect(checkpoint.body == "example.com/log\n7\n\(Hash.leaf([1]).base64)\n")
        let extended = checkpoint.body + "extension\nmore\n"
        #expect(try Checkpoint(body: extended).extensionLines == ["extension", "more"])
        #expect(try Checkpoint(body: extended).body == extended)
        #expect(try Checkpoint(body: "log\n0\n\(Hash.emptyTree.base64)\n").root == .emptyTree)
    }

    @Test(arguments: [
        "", "log\n", "log\n1\n", "log\n1\nH", "\n1\nH\n", "log\n01\nH\n", "log\n-1\nH\n", "log\n+1\nH\n", "log\n\nH\n",
        "log\n1 \nH\n", "log\n9223372036854775808\nH\n", "log\n1\nAAAA\n", "log\n1\nH\n\n", "log\n1\nH\n\nx\n",
        "log\n１\nH\n", "log\n1\nx\n",
    ])
    func `what is no checkpoint is refused`(body: String) {
        let body = body.replacing("H", with: Hash.leaf([1]).base64)
        #expect(code { try Checkpoint(body: body) } == .malformed)
    }

    @Test func `the empty log has the empty root`() {
        #expect(code { try Checkpoint(body: "log\n0\n\(Hash.leaf([]).base64)\n") } == .inconsistent)
    }

    @Test func `a checkpoint is signed only under its own name`() throws {
        let checkpoint = try Checkpoint(origin: "example.com/log", size: 7, root: .leaf([1]))
        #expect(code { try checkpoint.signed(by: NoteSigner(name: "example.com/other", key: key(1))) } == .malformed)
    }

    @Test func `a witness says when it saw what`() throws {
        let (signer, witness) = (try NoteSigner(name: "log", key: key(1)), try Cosigner(name: "w1", key: key(2)))
        let checkpoint = try Checkpoint(origin: "log", size: 7, root: .leaf([1]))
        var note = try checkpoint.signed(by: signer)
        let line = try witness.cosign(checkpoint, at: 1_679_315_147)
        #expect(line.bytes.prefix(8).elementsEqual([0, 0, 0, 0, 0x64, 0x18, 0x50, 0xCB]))
        #expect(line.bytes.count == 72)
        note.add(try NoteSignature(line: String(line.line.dropLast())))
        let read = try SignedNote(parsing: note.encoded)
        #expect(try read.verify(with: [witness.verifier]).first?.time == 1_679_315_147)
        for byte in line.bytes.indices {
            var bytes = line.bytes
            bytes[byte] ^= 1
            var forged = try checkpoint.signed(by: signer)
            forged.add(NoteSignature(name: line.name, keyID: line.keyID, bytes: bytes))
            #expect(code { try forged.verify(with: [signer.verifier, witness.verifier]) } == .forged)
        }
        #expect(code { try witness.cosign(checkpoint, at: -1) } == .outOfRange)
    }

    @Test func `a policy counts witnesses, not lines`() throws {
        let (signer, w1) = (try NoteSigner(name: "log", key: key(1)), try Cosigner(name: "w1", key: key(2)))
        let w2 = try Cosigner(name: "w2", key: key(3))
        let checkpoint = try Checkpoint(origin: "log", size: 7, root: .leaf([1]))
        var note = try checkpoint.signed(by: signer)
        let policy = try CheckpointPolicy(
            logKeys: [signer.verifier], witnesses: [w1.verifier, w2.verifier], quorum: 2)
        #expect(code { try policy.verify(note) } == .unsigned)
        note.add(try w1.cosign(checkpoint, at: 1))
        note.add(try w1.cosign(checkpoint, at: 2))
        #expect(code { try policy.verify(note) } == .unsigned)
        note.add(try w2.cosign(checkpoint, at: 3))
        #expect(try policy.verify(note) == checkpoint)
    }

    @Test func `a policy needs the log's own signature and name`() throws {
        let (signer, w1) = (try NoteSigner(name: "log", key: key(1)), try Cosigner(name: "w1", key: key(2)))
        let policy = try CheckpointPolicy(logKeys: [signer.verifier], witnesses: [w1.verifier])
        let checkpoint = try Checkpoint(origin: "log", size: 7, root: .leaf([1]))
        var stranger = try checkpoint.signed(by: NoteSigner(name: "log", key: key(9)))
        stranger.add(try w1.cosign(checkpoint, at: 1))
        #expect(code { try policy.verify(stranger) } == .unsigned)
        let other = try Checkpoint(origin: "another", size: 7, root: .leaf([1]))
        let crossed = try SignedNote(text: other.body, signers: [signer])
        #expect(code { try policy.verify(crossed) } == .inconsistent)
    }

    @Test func `a policy that cannot be met or misleads is refused`() throws {
        let (signer, w1) = (try NoteSigner(name: "log", key: key(1)), try Cosigner(name: "w1", key: key(2)))
        let other = try NoteSigner(name: "other", key: key(1))
        let twin = try Cosigner(name: "w1", key: key(3))
        #expect(code { try CheckpointPolicy(logKeys: []) } == .malformed)
        #expect(code { try CheckpointPolicy(logKeys: [signer.verifier, other.verifier]) } == .malformed)
        #expect(
            code { try CheckpointPolicy(logKeys: [signer.verifier], witnesses: [w1.verifier], quorum: 2) }
                == .outOfRange)
        #expect(
            code { try CheckpointPolicy(logKeys: [signer.verifier], witnesses: [w1.verifier, twin.verifier]) }
                == .malformed)
        #expect(
            code { try CheckpointPolicy(logKeys: [signer.verifier], witnesses: [other.verifier]) } == .unsupported)
    }
}
