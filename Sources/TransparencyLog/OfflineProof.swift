/// A file that proves without any network that an entry is in the log (C2SP tlog-proof): what a payee or an auditor
/// is handed.
package struct OfflineProof: Sendable {
    private static let header = "c2sp.org/tlog-proof@v1"

    /// Anything beside the proof; nobody signed it, nobody may trust it.
    package let extra: [UInt8]?
    package let index: Int
    package let path: [Hash]
    package let note: SignedNote

    /// Throws when the note is no checkpoint, or not of the size that the proof is for.
    package init(proof: InclusionProof, note: SignedNote, extra: [UInt8]? = nil) throws {
        let size = try Checkpoint(body: note.text).size
        guard proof.size == size else {
            throw LogError(.inconsistent, "the proof is for a tree of \(proof.size), the checkpoint for \(size)")
        }
        self.extra = extra
        index = proof.index
        path = proof.path
        self.note = note
    }

    /// Reads a proof file; throws when its form is wrong.
    package init(parsing file: some Collection<UInt8>) throws {
        guard file.count <= SignedNote.maximumLength else {
            throw LogError(.malformed, "a proof of \(file.count) bytes is over \(SignedNote.maximumLength)")
        }
        let bytes = Array(file)
        guard let gap = bytes.indices.dropFirst().first(where: { bytes[$0] == 10 && bytes[$0 - 1] == 10 }) else {
            throw LogError(.malformed, "a proof has an empty line before its checkpoint")
        }
        var lines = bytes[..<(gap - 1)].split(separator: StrictText.newline, omittingEmptySubsequences: false)[...]
        guard lines.popFirst()?.elementsEqual(OfflineProof.header.utf8) == true else {
            throw LogError(.malformed, "a proof begins with the line \(OfflineProof.header)")
        }
        extra = try lines.first.flatMap { line -> [UInt8]? in
            guard let text = line.value(of: "extra") else { return nil }
            guard let extra = StrictText.bytes(base64: text) else {
                throw LogError(.malformed, "the extra line of the proof is not base64")
            }
            return extra
        }
        if extra != nil { lines = lines.dropFirst() }
        guard let index = lines.popFirst()?.value(of: "index").flatMap({ StrictText.decimal($0) }) else {
            throw LogError(.malformed, "the proof has no index line where it must be")
        }
        self.index = index
        guard lines.count <= Int.bitWidth else {
            throw LogError(.malformed, "the proof has \(lines.count) hashes; no tree is so high")
        }
        path = try lines.enumerated().map { place, line in
            guard let bytes = StrictText.bytes(base64: line), let hash = Hash(bytes: bytes) else {
                throw LogError(.malformed, "hash \(place) of the proof is not 32 bytes in base64")
            }
            return hash
        }
        note = try SignedNote(parsing: bytes[(gap + 1)...])
        _ = try Checkpoint(body: note.text)
    }

    /// Reads a proof file from text.
    package init(parsing file: String) throws { try self.init(parsing: file.utf8) }

    /// The proof as a file.
    package var encoded: String {
        var lines = [OfflineProof.header]
        if let extra { lines.append("extra \(StrictText.base64(extra))") }
        lines.append("index \(index)")
        lines += path.map(\.base64)
        return lines.joined(separator: "\n") + "\n\n" + note.encoded
    }

    /// Checks signatures, witnesses and path for the entry; returns the checkpoint that includes it.
    package func verify(entry: [UInt8], policy: CheckpointPolicy) throws -> Checkpoint {
        try verify(leaf: .leaf(entry), policy: policy)
    }

    /// Checks signatures, witnesses and path for the leaf hash; returns the checkpoint that includes it.
    package func verify(leaf: Hash, policy: CheckpointPolicy) throws -> Checkpoint {
        let checkpoint = try policy.verify(note)
        try InclusionProof(index: index, size: checkpoint.size, path: path).verify(leaf: leaf, root: checkpoint.root)
        return checkpoint
    }
}

extension ArraySlice<UInt8> {
    /// What follows a keyword and one space at the beginning; nil when the line begins otherwise.
    fileprivate func value(of keyword: String) -> ArraySlice<UInt8>? {
        let head = Array(keyword.utf8) + [UInt8(ascii: " ")]
        return starts(with: head) ? dropFirst(head.count) : nil
    }
}
