import Testing
import TransparencyLog

/// Values computed outside this program: by the specifications' examples, Go's sumdb and pymerkle.
@Suite struct KnownAnswerTests {
    @Test(arguments: [
        (0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        (1, "dziFphNIniTOLPdhmdakI/BC5LvxLX7s7pEu8nbGVwE="),
        (2, "WkdmL9ijF9lgSaP59HxV3GfKZgUbqjaD27GbL+CaB7A="),
        (3, "lPvQ3YNvUDAWkubQ6t5yjuGexSv/8WBu2AfIV11aqhk="),
        (257, "XB/f6DU1gCLyOS3keNvgU/wTDP4dOggoeakM9r8Uv34="),
        (1000, "NGxrnLicS3b6ydyyDNqG46AcCldBfBOQKOrNRTj96Vs="),
        (70000, "o5IPun8jmgcam9EHIfE0Gt3vuu3ttBx+JEN6nRa98Ao="),
    ])
    func `roots are those of other programs`(size: Int, root: String) throws {
        let log = try MemoryLog(entries: entries(0..<size))
        var frontier = Frontier()
        for entry in entries(0..<size) { frontier.append(.leaf(entry)) }
        #expect(frontier.root.base64 == root)
        #expect(log.appender.root.base64 == root)
        #expect(try log.tree().root().base64 == root)
        #expect(log.files.count == TilePath.all(treeSize: size).count)
    }

    @Test func `a leaf is the root of its tree`() throws {
        let leaf = Hash.leaf(Array("entry 0".utf8))
        #expect(leaf.hex == "773885a613489e24ce2cf76199d6a423f042e4bbf12d7eecee912ef276c65701")
        #expect(try MemoryLog(entries: entries(0..<1)).appender.root == leaf)
    }

    @Test func `a bundle is lengths and entries`() throws {
        let bytes = try EntryBundle.encode(entries(0..<2))
        #expect(bytes == [0, 7] + Array("entry 0".utf8) + [0, 7] + Array("entry 1".utf8))
        #expect(try EntryBundle.decode(bytes) == entries(0..<2))
    }

    @Test func `the note of the specification verifies`() throws {
        let vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        let text = """
            This is an example message.

            — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

            """
        let verifier = try NoteVerifier(vkey: vkey)
        let note = try SignedNote(parsing: text)
        #expect(verifier.vkey == vkey)
        #expect(note.text == "This is an example message.\n")
        #expect(note.encoded == text)
        #expect(try note.verify(with: [verifier]).map(\.key) == [verifier])
    }

    @Test func `the note of Go's tests verifies with either key`() throws {
        let peter = try NoteVerifier(vkey: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        let enoch = try NoteVerifier(vkey: "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")
        let note = try SignedNote(
            parsing: """
                If you think cryptography is the answer to your problem,
                then you don't know what your problem is.

                — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
                — EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=

                """)
        #expect(try note.verify(with: [peter]).map(\.key) == [peter])
        #expect(try note.verify(with: [enoch, peter]).map(\.key) == [peter, enoch])
    }

    @Test func `a key whose base64 has a plus reads and writes itself`() throws {
        let vkey = "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"
        #expect(try NoteVerifier(vkey: vkey).vkey == vkey)
        let witness = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
        #expect(try NoteVerifier(vkey: witness).vkey == witness)
        #expect(try NoteVerifier(vkey: witness).algorithm == .cosignature)
    }

    @Test func `our checkpoint is the one that other programs accept`() throws {
        let signer = try NoteSigner(name: "example.org/relief-audit", key: try key(7))
        #expect(
            signer.verifier.vkey
                == "example.org/relief-audit+3126d5a5+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs")
        let root = try MemoryLog(entries: entries(0..<2)).appender.root
        let note = try Checkpoint(origin: "example.org/relief-audit", size: 2, root: root).signed(by: signer)
        let known = """
            example.org/relief-audit
            2
            WkdmL9ijF9lgSaP59HxV3GfKZgUbqjaD27GbL+CaB7A=

            — example.org/relief-audit \
            MSbVpdvt+uKFommfGXFd7d95RZ0G35EXrLsRoGbzt0Fn8DfHNwCHbxcQmTykdjPK1qRa9Dn2asQ2FLzlPpFecEmVvw4=

            """
        _ = try SignedNote(parsing: known).verify(with: [signer.verifier])
        #if os(Linux)
            // Elsewhere Ed25519 signatures may carry randomness and differ each time.
            #expect(note.encoded == known)
        #endif
        #expect(try note.verify(with: [signer.verifier]).count == 1)
    }
}
