/// A file of the log that is to be written: its path below the log's prefix, and its bytes.
package struct LogFile: Equatable, Sendable {
    package let path: TilePath
    package let bytes: [UInt8]
}

/// What an append makes of the log: the files to write, in that order, before the new root is signed.
package struct LogGrowth: Sendable {
    /// Bundles first, then tiles from level 0 up. The same entries in the same order always give the same files.
    package let files: [LogFile]
    package let firstIndex: Int
    package let size: Int
    package let root: Hash
}

/// Appends entries to a log; only says which files to write, and writes none.
///
/// A value: append to a copy, write, sign, and keep the copy only when all that has succeeded.
package struct LogAppender: Sendable {
    package private(set) var size: Int
    /// The hashes of the partial tile at each level, from 0 up; fewer than 256 at each.
    private var edge: [[Hash]]
    /// The entries of the partial bundle.
    private var bundle: [[UInt8]]

    /// An appender for a log without entries.
    package init() {
        size = 0
        edge = []
        bundle = []
    }

    /// Takes up a log of `size` entries from its files; throws when they do not give the `root` that was signed.
    package init(size: Int, root: Hash, read: @escaping TiledTree.Read) throws {
        let tree = TiledTree(size: size, read: read)
        self.init()
        self.size = size
        while size >> (8 * edge.count) > 0 {
            let count = size >> (8 * edge.count)
            let isPartial = count % TilePath.fullWidth > 0
            edge.append(
                isPartial ? try tree.hashes(level: edge.count, index: count / TilePath.fullWidth) : [])
        }
        guard self.root == root else {
            throw LogError(.inconsistent, "the tiles of the log of \(size) give root \(self.root), signed is \(root)")
        }
        if size % TilePath.fullWidth > 0 {
            bundle = try tree.entries(inBundle: size / TilePath.fullWidth)
            for (place, entry) in bundle.enumerated() where Hash.leaf(entry) != edge[0][place] {
                throw LogError(
                    .inconsistent, "entry \(size - bundle.count + place) in its bundle does not hash to its leaf")
            }
        }
    }

    /// The root of the log so far.
    package var root: Hash {
        var peaks: [Hash] = []
        for hashes in edge.reversed() {
            var rest = hashes[...]
            while !rest.isEmpty {
                let width = 1 << (Int.bitWidth - 1 - rest.count.leadingZeroBitCount)
                peaks.append(.complete(rest.prefix(width)))
                rest = rest.dropFirst(width)
            }
        }
        return Frontier.fold(peaks) ?? .emptyTree
    }

    /// Puts entries at the end; throws, and changes nothing, when one is longer than 65535 bytes.
    package mutating func append(_ entries: [[UInt8]]) throws -> LogGrowth {
        if let long = entries.firstIndex(where: { $0.count > EntryBundle.maximumEntryLength }) {
            throw LogError(
                .outOfRange,
                "entry \(long) of the batch has \(entries[long].count) bytes; a log carries at most "
                    + "\(EntryBundle.maximumEntryLength)")
        }
        let firstIndex = size
        var files = try appendBundles(entries)
        var hashes = entries.map { Hash.leaf($0) }
        var level = 0
        while !hashes.isEmpty {
            hashes = appendTiles(hashes, level: level, to: &files)
            level += 1
        }
        size += entries.count
        return LogGrowth(files: files, firstIndex: firstIndex, size: size, root: root)
    }

    private mutating func appendBundles(_ entries: [[UInt8]]) throws -> [LogFile] {
        guard !entries.isEmpty else { return [] }
        let all = bundle + entries
        let first = size / TilePath.fullWidth
        let chunks = all.inFulls()
        bundle = chunks.rest
        return try zip(first..., chunks.fulls + (bundle.isEmpty ? [] : [bundle])).map { index, entries in
            LogFile(path: TilePath(entries: index, width: entries.count), bytes: try EntryBundle.encode(entries))
        }
    }

    /// Writes the tiles that new hashes at a level make, and returns the roots of those that became full.
    private mutating func appendTiles(_ new: [Hash], level: Int, to files: inout [LogFile]) -> [Hash] {
        if edge.count == level { edge.append([]) }
        let first = (size >> (8 * level)) / TilePath.fullWidth
        let chunks = (edge[level] + new).inFulls()
        edge[level] = chunks.rest
        for (index, hashes) in zip(first..., chunks.fulls + (chunks.rest.isEmpty ? [] : [chunks.rest])) {
            files.append(
                LogFile(
                    path: TilePath(level: level, index: index, width: hashes.count), bytes: hashes.flatMap(\.bytes)))
        }
        return chunks.fulls.map { .complete($0) }
    }
}

extension Array {
    /// The array cut into pieces of 256, and what is left over.
    fileprivate func inFulls() -> (fulls: [[Element]], rest: [Element]) {
        let end = count - count % TilePath.fullWidth
        let fulls = stride(from: 0, to: end, by: TilePath.fullWidth).map { Array(self[$0..<$0 + TilePath.fullWidth]) }
        return (fulls, Array(self[end...]))
    }
}
