/// One signature line of a note: whose, and the bytes after the key ID.
package struct NoteSignature: Equatable, Sendable {
    package let name: String
    package let keyID: UInt32
    package let bytes: [UInt8]

    package init(name: String, keyID: UInt32, bytes: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }

    /// The line as it stands in a note, with its newline; a witness answers with such lines.
    package var line: String {
        let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> (24 - 8 * $0)) }
        return "\u{2014} \(name) \(StrictText.base64(id + bytes))\n"
    }

    /// Reads one line, without its newline.
    package init(line: String) throws { try self.init(line: Array(line.utf8)[...]) }

    init(line: ArraySlice<UInt8>) throws {
        let dash = Array("\u{2014} ".utf8)
        let parts = line.dropFirst(dash.count).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard line.starts(with: dash), parts.count == 2,
            let name = StrictText.text(parts[0]), NoteVerifier.isKeyName(name),
            let bytes = StrictText.bytes(base64: parts[1]), bytes.count > 4
        else {
            let shown = String(decoding: line.prefix(80), as: UTF8.self)
            throw LogError(.malformed, "\(shown.debugDescription) is not a signature line")
        }
        self.name = name
        keyID = bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
        self.bytes = Array(bytes[4...])
    }
}

/// A text with the signatures of one or more keys below it (C2SP signed-note).
package struct SignedNote: Sendable {
    /// More than this many signatures, or bytes, are not looked at.
    package static let maximumSignatures = 64
    package static let maximumLength = 1 << 20

    /// The signed text, with its last newline. Worth nothing until verified.
    package let text: String
    package private(set) var signatures: [NoteSignature]

    /// Signs a text; throws when it cannot be the text of a note.
    package init(text: String, signers: [NoteSigner]) throws {
        try SignedNote.check(Array(text.utf8))
        guard text.utf8.last == StrictText.newline else {
            throw LogError(.malformed, "the text of a note ends in a newline")
        }
        guard !signers.isEmpty else { throw LogError(.unsigned, "a note needs a signature") }
        self.text = text
        signatures = try signers.map { try $0.sign(text) }
    }

    /// Reads a note; throws when its form is wrong. Says nothing about who signed it.
    package init(parsing note: some Collection<UInt8>) throws {
        let bytes = Array(note)
        try SignedNote.check(bytes)
        let newline = StrictText.newline
        // The text may have empty lines too: the last one separates.
        guard
            let gap = bytes.indices.dropFirst().last(where: { bytes[$0] == newline && bytes[$0 - 1] == newline }),
            let text = StrictText.text(bytes[..<gap]),
            let lines = StrictText.lines(Array(bytes[(gap + 1)...])), !lines.isEmpty
        else { throw LogError(.malformed, "a note is a text, an empty line and signature lines, each with a newline") }
        guard lines.count <= SignedNote.maximumSignatures else {
            throw LogError(.malformed, "the note has \(lines.count) signatures, over \(SignedNote.maximumSignatures)")
        }
        self.text = text
        signatures = try lines.map { try NoteSignature(line: $0) }
    }

    /// Reads a note from text.
    package init(parsing note: String) throws { try self.init(parsing: note.utf8) }

    /// The note as it is published.
    package var encoded: String { text + "\n" + signatures.map(\.line).joined() }

    /// Adds a line, such as a witness's; a line that is already there is not doubled.
    package mutating func add(_ signature: NoteSignature) {
        if !signatures.contains(signature) { signatures.append(signature) }
    }

    /// Checks every line of a known key, and ignores the lines of others. Throws when one of a known key is wrong, or
    /// when there is none. Each key is named once.
    package func verify(with keys: [NoteVerifier]) throws -> [VerifiedSignature] {
        var verified: [VerifiedSignature] = []
        for signature in signatures {
            let known = keys.filter { $0.matches(signature) }
            guard let key = known.first else { continue }
            guard known.allSatisfy({ $0 == key }) else {
                throw LogError(.malformed, "two known keys share the name and id \(key)")
            }
            let time = try key.verify(signature, of: text)
            if !verified.contains(where: { $0.key == key }) { verified.append(VerifiedSignature(key: key, time: time)) }
        }
        guard !verified.isEmpty else {
            let names = keys.map(\.description).joined(separator: ", ")
            throw LogError(.unsigned, "the note has no signature of a known key (\(names))")
        }
        return verified
    }

    private static func check(_ bytes: [UInt8]) throws {
        guard bytes.count <= maximumLength else {
            throw LogError(.malformed, "a note of \(bytes.count) bytes is over \(maximumLength)")
        }
        if let place = bytes.firstIndex(where: { $0 < 0x20 && $0 != StrictText.newline }) {
            throw LogError(.malformed, "the note has control character \(bytes[place]) at byte \(place)")
        }
        guard StrictText.text(bytes) != nil else { throw LogError(.malformed, "the note is not UTF-8") }
    }
}

/// A signature that was checked: whose, and when if it says so.
package struct VerifiedSignature: Equatable, Sendable {
    package let key: NoteVerifier
    /// The time of a witness's cosignature, in seconds since 1970.
    package let time: Int64?
}
