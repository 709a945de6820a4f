import Crypto

/// A SHA-256 hash of a leaf, a node or a whole tree, as RFC 6962 §2.1 makes it.
package struct Hash: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 32

    /// The root of the tree without entries: SHA-256 of nothing.
    package static let emptyTree = Hash(SHA256().finalize())

    private let storage: SIMD32<UInt8>

    private init(storage: SIMD32<UInt8>) { self.storage = storage }

    private init(_ digest: SHA256Digest) {
        storage = digest.withUnsafeBytes { $0.loadUnaligned(as: SIMD32<UInt8>.self) }
    }

    /// The hash that these 32 bytes are; nil when there are more or fewer.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Hash.byteCount else { return nil }
        self = Hash.list(Array(bytes))[0]
    }

    /// The hash written in standard base64, padded, in its one canonical form.
    package init?(base64: some StringProtocol) {
        guard let bytes = StrictText.bytes(base64: base64.utf8) else { return nil }
        self.init(bytes: bytes)
    }

    /// The hash written as 64 lower-case hexadecimal digits.
    package init?(hex: some StringProtocol) {
        guard let bytes = StrictText.bytes(hex: hex.utf8) else { return nil }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] { withUnsafeBytes(of: storage) { Array($0) } }

    package var base64: String { StrictText.base64(bytes) }

    package var hex: String { StrictText.hex(bytes) }

    package var description: String { base64 }

    /// SHA-256(0x00 ‖ entry): what stands in the tree for an entry.
    package static func leaf(_ entry: some Collection<UInt8>) -> Hash {
        var function = SHA256()
        function.update(data: [0x00])
        function.update(data: Array(entry))
        return Hash(function.finalize())
    }

    /// SHA-256(0x01 ‖ left ‖ right): what stands in the tree for two neighbours.
    package static func node(_ left: Hash, _ right: Hash) -> Hash {
        var function = SHA256()
        withUnsafeBytes(of: (0x01 as UInt8)) { function.update(bufferPointer: $0) }
        withUnsafeBytes(of: left.storage) { function.update(bufferPointer: $0) }
        withUnsafeBytes(of: right.storage) { function.update(bufferPointer: $0) }
        return Hash(function.finalize())
    }

    /// The hashes that stand one after another in bytes whose count is a multiple of 32.
    static func list(_ bytes: [UInt8]) -> [Hash] {
        bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: byteCount).map {
                Hash(storage: bytes.loadUnaligned(fromByteOffset: $0, as: SIMD32<UInt8>.self))
            }
        }
    }

    /// SHA-256 of bytes as they are, for key identifiers.
    static func plain(_ bytes: [UInt8]) -> Hash { Hash(SHA256.hash(data: bytes)) }

    /// The root over neighbours whose count is a power of two.
    static func complete(_ hashes: some Collection<Hash>) -> Hash {
        var row = Array(hashes)
        precondition(row.count.nonzeroBitCount == 1, "a complete subtree has a power of two of hashes")
        while row.count > 1 {
            row = (0..<row.count / 2).map { node(row[2 * $0], row[2 * $0 + 1]) }
        }
        return row[0]
    }
}
