import Contract
import Crypto
import FoundationEssentials

/// The keys of one person in the log: what leaves commit with, and what the values themselves are encrypted with.
///
/// Both are made from the daemon's root key and a salt of the person in the database: neither alone guesses a value, and
/// when the salt is destroyed nobody does any more, while the leaves stay as they were signed.
struct LogKey: Sendable {
    private let commitments: SymmetricKey
    private let values: SymmetricKey

    init(commitments: SymmetricKey, values: SymmetricKey) {
        (self.commitments, self.values) = (commitments, values)
    }

    /// Commits to what a field was (`old`) or became (`new`): hex HMAC-SHA-256 over the JSON array of event, row, field, side
    /// and value. The event is in it, so that equal values in two leaves don't show as equal.
    func commitment(to value: JSONValue, _ side: Side, of field: String, in row: String, event: UUID) throws -> String {
        let bytes = try JSON.encode(
            JSONValue.array([
                .string(event.uuidString.lowercased()), .string(row), .string(field), .string(side.rawValue), value,
            ]))
        return Hex.encode(HMAC<SHA256>.authenticationCode(for: bytes, using: commitments))
    }

    enum Side: String {
        case old, new
    }

    func seal(_ kept: [KeptValue], event: UUID) throws -> [UInt8] {
        let box = try AES.GCM.seal(
            JSON.encode(kept), using: values, authenticating: Array(event.uuidString.lowercased().utf8))
        guard let combined = box.combined else { throw VaultError.cannotOpen(field: .log) }
        return Array(combined)
    }

    func open(_ sealed: [UInt8], event: UUID) throws -> [KeptValue] {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let bytes = try? AES.GCM.open(
                box, using: values, authenticating: Array(event.uuidString.lowercased().utf8))
        else { throw VaultError.cannotOpen(field: .log) }
        return try JSON.decode(from: bytes)
    }
}

/// What a personal field was and became, as it is kept encrypted beside the leaf that commits to it.
struct KeptValue: Codable, Sendable, Equatable {
    let row: String
    let field: String
    let old: JSONValue?
    let new: JSONValue?
}
