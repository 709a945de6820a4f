/// The address of one file of a published log: a tile of hashes at a level, or a bundle of entries (C2SP tlog-tiles).
package struct TilePath: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        case hashes(level: Int)
        case entries
    }

    /// Hashes or entries in a full file.
    package static let fullWidth = 256
    package static let levels = 0...63

    package let kind: Kind
    package let index: Int
    /// Hashes or entries in this file: 256, or 1...255 in a partial one.
    package let width: Int

    package init(level: Int, index: Int, width: Int = fullWidth) {
        precondition(TilePath.levels.contains(level), "a tile is at level 0 to 63")
        self.init(kind: .hashes(level: level), index: index, width: width)
    }

    package init(entries index: Int, width: Int = fullWidth) {
        self.init(kind: .entries, index: index, width: width)
    }

    private init(kind: Kind, index: Int, width: Int) {
        precondition(index >= 0 && (1...TilePath.fullWidth).contains(width), "a tile holds 1 to 256, from index 0")
        self.kind = kind
        self.index = index
        self.width = width
    }

    /// The file that holds the hashes or entries `index × 256…` in a tree of `treeSize`; nil when there is none yet.
    package init?(kind: Kind, index: Int, treeSize: Int) {
        let count = treeSize >> (8 * kind.level)
        let full = count / TilePath.fullWidth
        guard index >= 0, index < full || (index == full && count % TilePath.fullWidth > 0) else { return nil }
        self.init(kind: kind, index: index, width: index < full ? TilePath.fullWidth : count % TilePath.fullWidth)
    }

    package var isPartial: Bool { width < TilePath.fullWidth }

    /// The same file once it is full; a partial one may be gone when this is there.
    package var full: TilePath { TilePath(kind: kind, index: index, width: TilePath.fullWidth) }

    /// Where the file stands below the log's prefix, such as `tile/0/x001/x234/067` or `tile/entries/000.p/2`.
    package var path: String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            let padded = String(repeating: "0", count: 3 - digits.count) + digits
            groups.append(groups.isEmpty ? padded : "x" + padded)
            rest /= 1000
        } while rest > 0
        let folder =
            switch kind {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        return "tile/\(folder)/" + groups.reversed().joined(separator: "/") + (isPartial ? ".p/\(width)" : "")
    }

    package var description: String { path }

    /// The address that a path names; throws when it is not the one written form of an address.
    package init(parsing path: String) throws {
        guard let parsed = TilePath.parse(path), parsed.path.utf8.elementsEqual(path.utf8) else {
            throw LogError(.malformed, "\(path.debugDescription) is not the path of a tile or an entry bundle")
        }
        self = parsed
    }

    private static func parse(_ path: String) -> TilePath? {
        var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.count <= 11, parts.removeFirst().elementsEqual("tile".utf8) else { return nil }
        let folder = parts.removeFirst()
        var width = fullWidth
        if parts.count >= 2, parts[parts.count - 2].suffix(2).elementsEqual(".p".utf8) {
            guard let partial = StrictText.decimal(parts.removeLast()), (1..<fullWidth).contains(partial) else {
                return nil
            }
            width = partial
            parts.append(parts.removeLast().dropLast(2))
        }
        var index = 0
        for (place, part) in parts.enumerated() {
            let digits = place < parts.count - 1 ? part.dropFirst() : part
            guard digits.count == 3, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let group = Int(String(digits) ?? "")
            else { return nil }
            let (thousands, tooMany) = index.multipliedReportingOverflow(by: 1000)
            let (sum, tooMuch) = thousands.addingReportingOverflow(group)
            guard !tooMany, !tooMuch else { return nil }
            index = sum
        }
        if folder.elementsEqual("entries".utf8) { return TilePath(kind: .entries, index: index, width: width) }
        guard let level = StrictText.decimal(folder), levels.contains(level) else { return nil }
        return TilePath(kind: .hashes(level: level), index: index, width: width)
    }

    /// Every file of a tree of this size, in the order in which they may appear: bundles, then tiles from level 0 up.
    package static func all(treeSize: Int) -> [TilePath] {
        var files = level(.entries, treeSize: treeSize)
        var height = 0
        while treeSize >> (8 * height) > 0 {
            files += level(.hashes(level: height), treeSize: treeSize)
            height += 1
        }
        return files
    }

    private static func level(_ kind: Kind, treeSize: Int) -> [TilePath] {
        let count = treeSize >> (8 * kind.level)
        return (0...count / fullWidth).compactMap { TilePath(kind: kind, index: $0, treeSize: treeSize) }
    }
}

extension TilePath.Kind {
    /// The level whose count and width rule the files of this kind.
    var level: Int {
        switch self {
        case .hashes(let level): level
        case .entries: 0
        }
    }
}
