package import Crypto

/// What kind of signature a note key makes; the number is the type byte of C2SP signed-note.
package enum NoteAlgorithm: UInt8, Sendable {
    /// Ed25519 over the note's text.
    case ed25519 = 0x01
    /// A witness's Ed25519 over the time and a checkpoint's text (C2SP tlog-cosignature, cosignature/v1).
    case cosignature = 0x04
}

/// The public half of a key that signs notes: enough to find its lines in a note and to check them.
package struct NoteVerifier: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let algorithm: NoteAlgorithm
    /// The first four bytes of SHA-256(name ‖ newline ‖ type ‖ key), high byte first.
    package let keyID: UInt32
    /// 32 bytes, RFC 8032.
    package let publicKey: [UInt8]

    /// Throws when the name cannot stand in a note, or the key has not 32 bytes.
    package init(name: String, publicKey: [UInt8], algorithm: NoteAlgorithm = .ed25519) throws {
        guard NoteVerifier.isKeyName(name) else {
            throw LogError(.malformed, "key name \(name.debugDescription) is empty or has a space, a control or a plus")
        }
        guard publicKey.count == 32 else {
            throw LogError(.malformed, "public key of \(name) has \(publicKey.count) bytes, 32 wanted")
        }
        self.name = name
        self.algorithm = algorithm
        self.publicKey = publicKey
        let digest = Hash.plain(Array(name.utf8) + [StrictText.newline, algorithm.rawValue] + publicKey).bytes
        keyID = digest[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a verifier key, `name+keyid+base64(type ‖ key)`; throws when a part is wrong or does not fit the others.
    package init(vkey: String) throws {
        let plus = UInt8(ascii: "+")
        // Base64 has pluses of its own: only the first two separate.
        let parts = Array(vkey.utf8).split(separator: plus, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = StrictText.text(parts[0]),
            let id = StrictText.bytes(hex: parts[1]), id.count == 4,
            let key = StrictText.bytes(base64: parts[2]), let type = key.first
        else { throw LogError(.malformed, "\(vkey.debugDescription) is not name+keyid+base64") }
        guard let algorithm = NoteAlgorithm(rawValue: type) else {
            throw LogError(.unsupported, "key of \(name) is of type \(type); 1 and 4 are known here")
        }
        try self.init(name: name, publicKey: Array(key.dropFirst()), algorithm: algorithm)
        guard keyIDHex.utf8.elementsEqual(parts[1]) else {
            throw LogError(.malformed, "key of \(name) has id \(keyIDHex), written is \(StrictText.hex(id))")
        }
    }

    /// The key as text, to be handed to whoever is to verify.
    package var vkey: String { "\(name)+\(keyIDHex)+\(StrictText.base64([algorithm.rawValue] + publicKey))" }

    package var description: String { "\(name)+\(keyIDHex)" }

    private var keyIDHex: String {
        StrictText.hex((0..<4).map { UInt8(truncatingIfNeeded: keyID >> (24 - 8 * $0)) })
    }

    /// Whether a signature line claims to be of this key.
    func matches(_ signature: NoteSignature) -> Bool {
        signature.keyID == keyID && signature.name.utf8.elementsEqual(name.utf8)
    }

    /// Checks a line of this key; returns a cosignature's time, in seconds since 1970.
    func verify(_ signature: NoteSignature, of text: String) throws -> Int64? {
        var message = Array(text.utf8)
        var bytes = signature.bytes
        var time: Int64?
        if algorithm == .cosignature {
            guard bytes.count == 72 else {
                throw LogError(.forged, "cosignature of \(self) has \(bytes.count) bytes, 72 wanted")
            }
            guard let seconds = Int64(exactly: bytes[..<8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }) else {
                throw LogError(.forged, "cosignature of \(self) has a time beyond 2^63 - 1")
            }
            time = seconds
            message = CosignatureText.bytes(text: text, time: seconds)
            bytes.removeFirst(8)
        }
        guard bytes.count == 64,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey),
            key.isValidSignature(bytes, for: message)
        else { throw LogError(.forged, "the signature of \(self) does not fit the text") }
        return time
    }

    static func isKeyName(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0.value >= 0x20 && $0 != "+" }
    }
}

/// A log's signing key: its name and its Ed25519 private key.
package struct NoteSigner: Sendable {
    package let verifier: NoteVerifier
    private let key: Curve25519.Signing.PrivateKey

    /// Throws when the name cannot stand in a note.
    package init(name: String, key: Curve25519.Signing.PrivateKey) throws {
        self.key = key
        verifier = try NoteVerifier(name: name, publicKey: Array(key.publicKey.rawRepresentation))
    }

    package func sign(_ text: String) throws -> NoteSignature {
        NoteSignature(
            name: verifier.name, keyID: verifier.keyID, bytes: Array(try key.signature(for: Array(text.utf8))))
    }
}

/// A witness's signing key: attests that it saw a checkpoint, and when. One key per witness.
package struct Cosigner: Sendable {
    package let verifier: NoteVerifier
    private let key: Curve25519.Signing.PrivateKey

    /// Throws when the name cannot stand in a note.
    package init(name: String, key: Curve25519.Signing.PrivateKey) throws {
        self.key = key
        verifier = try NoteVerifier(
            name: name, publicKey: Array(key.publicKey.rawRepresentation), algorithm: .cosignature)
    }

    /// The line for a checkpoint seen at `time`, in seconds since 1970. That the checkpoint is a later state of what
    /// was seen before is the caller's to check first.
    package func cosign(_ checkpoint: Checkpoint, at time: Int64) throws -> NoteSignature {
        guard time >= 0 else { throw LogError(.outOfRange, "a cosignature has no time before 1970: \(time)") }
        let message = CosignatureText.bytes(text: checkpoint.body, time: time)
        let seconds = (0..<8).map { UInt8(truncatingIfNeeded: time >> (56 - 8 * $0)) }
        return NoteSignature(
            name: verifier.name, keyID: verifier.keyID, bytes: seconds + Array(try key.signature(for: message)))
    }
}

private enum CosignatureText {
    static func bytes(text: String, time: Int64) -> [UInt8] { Array("cosignature/v1\ntime \(time)\n\(text)".utf8) }
}
