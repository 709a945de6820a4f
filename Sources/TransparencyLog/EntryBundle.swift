/// Up to 256 entries as one file: each with its length before it, in two bytes, high byte first.
package enum EntryBundle {
    /// The longest entry that a log can carry, in bytes.
    package static let maximumEntryLength = 65535

    /// The bytes of the entries; throws when one is too long.
    package static func encode(_ entries: some Collection<[UInt8]>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + $1.count + 2 })
        for (place, entry) in entries.enumerated() {
            guard let length = UInt16(exactly: entry.count) else {
                throw LogError(
                    .outOfRange, "entry \(place) has \(entry.count) bytes; a log carries at most \(maximumEntryLength)")
            }
            bytes += [UInt8(length >> 8), UInt8(length & 0xFF)]
            bytes += entry
        }
        return bytes
    }

    /// The first `count` entries of a bundle (all, without it); throws when the bytes end early, or go on after all.
    package static func decode(_ bytes: [UInt8], count: Int? = nil) throws -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty, entries.count < (count ?? .max) {
            guard rest.count >= 2 else {
                throw LogError(.malformed, "bundle ends inside the length of its entry \(entries.count)")
            }
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
            guard rest.count >= length else {
                throw LogError(
                    .malformed,
                    "bundle ends inside its entry \(entries.count): \(length) bytes said, \(rest.count) left")
            }
            entries.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        if let count, entries.count < count {
            throw LogError(.malformed, "bundle has \(entries.count) entries, \(count) wanted")
        }
        return entries
    }
}
