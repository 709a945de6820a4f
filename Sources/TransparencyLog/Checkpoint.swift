/// What a log promises at a moment: its name, how many entries it has, and the root over them (C2SP tlog-checkpoint).
package struct Checkpoint: Equatable, Sendable {
    package let origin: String
    package let size: Int
    package let root: Hash
    /// Lines after the third, which we read but do not write.
    package let extensionLines: [String]

    /// Throws when the origin cannot be a key name as well, or the size is negative.
    package init(origin: String, size: Int, root: Hash) throws {
        guard NoteVerifier.isKeyName(origin) else {
            throw LogError(.malformed, "origin \(origin.debugDescription) is empty or has a space, a control or a plus")
        }
        guard size >= 0 else { throw LogError(.outOfRange, "a log has no negative size: \(size)") }
        self.origin = origin
        self.size = size
        self.root = root
        extensionLines = []
    }

    /// Reads the text of a checkpoint note.
    package init(body: String) throws {
        guard let lines = StrictText.lines(Array(body.utf8)), lines.count >= 3,
            let texts = Optional(lines.map { String(decoding: $0, as: UTF8.self) }),
            !texts.contains("")
        else {
            throw LogError(.malformed, "a checkpoint is three or more non-empty lines, each with a newline")
        }
        guard let size = StrictText.decimal(lines[1]) else {
            throw LogError(.malformed, "checkpoint line 2, \(texts[1].debugDescription), is not a size")
        }
        guard let root = Hash(base64: texts[2]) else {
            throw LogError(.malformed, "checkpoint line 3, \(texts[2].debugDescription), is not a hash in base64")
        }
        guard size > 0 || root == .emptyTree else {
            throw LogError(.inconsistent, "checkpoint of size 0 has root \(root)")
        }
        origin = texts[0]
        self.size = size
        self.root = root
        extensionLines = Array(texts[3...])
    }

    /// The text that is signed.
    package var body: String {
        ([origin, String(size), root.base64] + extensionLines).joined(separator: "\n") + "\n"
    }

    /// The checkpoint as a note; throws when the signer's name is not the origin.
    package func signed(by signer: NoteSigner) throws -> SignedNote {
        guard signer.verifier.name.utf8.elementsEqual(origin.utf8) else {
            throw LogError(.malformed, "the key of \(signer.verifier.name) may not sign for the log \(origin)")
        }
        return try SignedNote(text: body, signers: [signer])
    }
}

/// Whom a verifier believes: the log's keys, the witnesses, and how many of these must have signed.
package struct CheckpointPolicy: Sendable {
    package let origin: String
    package let logKeys: [NoteVerifier]
    package let witnesses: [NoteVerifier]
    package let quorum: Int

    /// Throws when the keys are not all the log's, or a witness is no cosigner, is named twice, or there are too few.
    /// - Parameter logKeys: more than one while keys change hands; any one suffices. Their common name is the origin.
    package init(logKeys: [NoteVerifier], witnesses: [NoteVerifier] = [], quorum: Int = 0) throws {
        guard let origin = logKeys.first?.name, logKeys.allSatisfy({ $0.name.utf8.elementsEqual(origin.utf8) }) else {
            throw LogError(.malformed, "a policy needs the keys of one log")
        }
        if let other = witnesses.first(where: { $0.algorithm != .cosignature }) {
            throw LogError(.unsupported, "the key \(other) does not make cosignatures")
        }
        guard Set(witnesses.map { Array($0.name.utf8) }).count == witnesses.count else {
            throw LogError(.malformed, "a witness is named twice")
        }
        guard (0...witnesses.count).contains(quorum) else {
            throw LogError(.outOfRange, "a quorum of \(quorum) cannot be had of \(witnesses.count) witnesses")
        }
        self.origin = origin
        self.logKeys = logKeys
        self.witnesses = witnesses
        self.quorum = quorum
    }

    /// The checkpoint in a note that the log and enough witnesses signed; throws with the reason otherwise.
    package func verify(_ note: SignedNote) throws -> Checkpoint {
        let signers = try note.verify(with: logKeys + witnesses).map(\.key)
        guard signers.contains(where: logKeys.contains) else {
            throw LogError(.unsigned, "the log \(origin) has not signed the checkpoint")
        }
        let seen = signers.filter(witnesses.contains).count
        guard seen >= quorum else {
            throw LogError(.unsigned, "\(seen) of the witnesses have signed the checkpoint, \(quorum) are wanted")
        }
        let checkpoint = try Checkpoint(body: note.text)
        guard checkpoint.origin.utf8.elementsEqual(origin.utf8) else {
            throw LogError(.inconsistent, "the checkpoint is of \(checkpoint.origin), not of \(origin)")
        }
        return checkpoint
    }
}
