import Crypto
package import FoundationEssentials

/// What is kept encrypted, each kind under a key of its own.
package enum SecretField: String, Sendable, CaseIterable {
    case idNumber, phone, account, fundAccount, reply, bankFile, evidence, log
}

/// Encrypts personal fields, finds them again by a keyed blind index, and keys the digests of commands.
///
/// AES-256-GCM with a random nonce; the field's name and the row's id are authenticated with the text, so that a value
/// moved to another row doesn't open. Keys come from one root key by HKDF-SHA256, so a leaked index key opens nothing.
package struct Vault: Sendable {
    /// The envelope's first byte; a later cipher takes another.
    private static let version: UInt8 = 1
    private let root: SymmetricKey

    /// `rootKey`: 32 random bytes that the daemon keeps outside the database.
    package init(rootKey: [UInt8]) throws {
        guard rootKey.count == 32 else { throw VaultError.badRootKey(bytes: rootKey.count) }
        root = SymmetricKey(data: rootKey)
    }

    /// A new root key from the system's generator.
    package static func newRootKey() -> [UInt8] {
        SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
    }

    package func seal(_ plain: some DataProtocol, _ field: SecretField, row: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(plain, using: key("seal", field.rawValue), authenticating: binding(field, row))
        // `combined` is nil only for nonces of unusual length; ours is generated.
        guard let combined = box.combined else { throw VaultError.cannotOpen(field: field) }
        return [Self.version] + Array(combined)
    }

    package func seal(_ plain: String, _ field: SecretField, row: UUID) throws -> [UInt8] {
        try seal(Array(plain.utf8), field, row: row.uuidString)
    }

    package func open(_ sealed: [UInt8], _ field: SecretField, row: String) throws -> [UInt8] {
        guard sealed.first == Self.version, let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst()),
            let plain = try? AES.GCM.open(box, using: key("seal", field.rawValue), authenticating: binding(field, row))
        else { throw VaultError.cannotOpen(field: field) }
        return Array(plain)
    }

    package func open(_ sealed: [UInt8], _ field: SecretField, row: UUID) throws -> String {
        String(decoding: try open(sealed, field, row: row.uuidString), as: UTF8.self)
    }

    /// A keyed digest by which equal normalised values find each other, and nobody without the key finds anything.
    package func blindIndex(_ normalised: String, _ field: SecretField) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(normalised.utf8), using: key("index", field.rawValue)))
    }

    /// Commits to a command's bytes without letting anyone guess the personal data in them.
    package func commandMAC(_ bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key("mac", "command")))
    }

    /// Shows that a leaf was written by a daemon that has the keys, and stands where it was put: the database alone can make
    /// none.
    package func leafMAC(_ leaf: [UInt8], of event: UUID) -> [UInt8] {
        let bytes = Array(event.uuidString.lowercased().utf8) + leaf
        return Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key("mac", "leaf")))
    }

    /// The log's keys of a person with that salt; nil: those of what is about nobody.
    func logKey(salt: UUID?) -> LogKey {
        let salt = salt.map { Array($0.uuidString.lowercased().utf8) } ?? []
        let keys = ["commit", "keep"].map { use in
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: root, salt: salt, info: Array("relief/v1/\(use)/log".utf8), outputByteCount: 32)
        }
        return LogKey(commitments: keys[0], values: keys[1])
    }

    /// What the database keeps of a token: whoever can write there alone makes no token that opens.
    package func tokenMAC(_ token: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(token.utf8), using: key("mac", "token")))
    }

    private func key(_ use: String, _ field: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: root, info: Array("relief/v1/\(use)/\(field)".utf8), outputByteCount: 32)
    }

    private func binding(_ field: SecretField, _ row: String) -> [UInt8] {
        Array("\(field.rawValue)|\(row.lowercased())".utf8)
    }
}

/// Why the vault refuses.
package enum VaultError: Error, CustomStringConvertible {
    case badRootKey(bytes: Int)
    case cannotOpen(field: SecretField)

    package var description: String {
        switch self {
        case .badRootKey(let bytes): "the root key has \(bytes) bytes; it must have 32"
        case .cannotOpen(let field):
            "a stored \(field.rawValue) does not open: it was made with another root key, moved, or damaged"
        }
    }
}
