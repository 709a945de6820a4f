/// A published log seen through its files: hashes, entries and proofs for a tree of a known size.
package struct TiledTree {
    /// Gives the bytes of a file; may give a fuller one for a partial tile, whose beginning is then used.
    package typealias Read = (TilePath) throws -> [UInt8]

    package let size: Int
    private let read: Read

    package init(size: Int, read: @escaping Read) {
        precondition(size >= 0, "a tree has no negative size")
        self.size = size
        self.read = read
    }

    /// The root as the tiles give it, at this or an earlier size. It is worth what the tiles are worth:
    /// compare it with a signed checkpoint.
    package func root(at earlier: Int? = nil) throws -> Hash { try frontier(at: earlier).root }

    /// The right edge of the tree at this or an earlier size.
    package func frontier(at earlier: Int? = nil) throws -> Frontier {
        let size = try known(earlier)
        var tiles = Tiles(self)
        return Frontier(size: size, peaks: try tiles.peaks(0..<size))
    }

    /// The leaf hash of an entry as the level 0 tile gives it.
    package func leaf(at index: Int) throws -> Hash {
        try check(index, in: size)
        var tiles = Tiles(self)
        return try tiles.node(height: 0, index: index)
    }

    /// An entry's bytes, from its bundle.
    package func entry(at index: Int) throws -> [UInt8] {
        try check(index, in: size)
        return try entries(inBundle: index / TilePath.fullWidth)[index % TilePath.fullWidth]
    }

    /// The proof that entry `index` is in the tree at this or an earlier size.
    package func inclusionProof(of index: Int, at earlier: Int? = nil) throws -> InclusionProof {
        let size = try known(earlier)
        try check(index, in: size)
        var tiles = Tiles(self)
        var range = 0..<size
        var path: [Hash] = []
        while range.count > 1 {
            let middle = range.lowerBound + split(range.count)
            if index < middle {
                path.append(try tiles.root(middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                path.append(try tiles.root(range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return InclusionProof(index: index, size: size, path: path.reversed())
    }

    /// The proof that the tree at `oldSize` is the beginning of the tree at this or an earlier size.
    package func consistencyProof(from oldSize: Int, to earlier: Int? = nil) throws -> ConsistencyProof {
        let newSize = try known(earlier)
        guard oldSize >= 0, oldSize <= newSize else {
            throw LogError(.outOfRange, "a tree of \(newSize) is not a later state of a tree of \(oldSize)")
        }
        var path: [Hash] = []
        if oldSize > 0 {
            var tiles = Tiles(self)
            var range = 0..<newSize
            while range.upperBound != oldSize {
                let middle = range.lowerBound + split(range.count)
                if oldSize <= middle {
                    path.append(try tiles.root(middle..<range.upperBound))
                    range = range.lowerBound..<middle
                } else {
                    path.append(try tiles.root(range.lowerBound..<middle))
                    range = middle..<range.upperBound
                }
            }
            // The verifier has the old root; only a part of the old tree must be given.
            if range.lowerBound > 0 { path.append(try tiles.root(range)) }
        }
        return ConsistencyProof(oldSize: oldSize, newSize: newSize, path: path.reversed())
    }

    /// The entries of a bundle, as many as the tree's size says it has.
    func entries(inBundle index: Int) throws -> [[UInt8]] {
        guard let path = TilePath(kind: .entries, index: index, treeSize: size) else {
            throw LogError(.outOfRange, "a tree of \(size) has no entry bundle \(index)")
        }
        do {
            return try EntryBundle.decode(try read(path), count: path.width)
        } catch let error as LogError {
            throw LogError(error.code, "\(path): \(error.message)")
        }
    }

    /// The hashes of a tile, as many as the tree's size says it has.
    func hashes(level: Int, index: Int) throws -> [Hash] {
        guard let path = TilePath(kind: .hashes(level: level), index: index, treeSize: size) else {
            throw LogError(.outOfRange, "a tree of \(size) has no tile \(index) at level \(level)")
        }
        return try path.hashes(in: try read(path))
    }

    private func known(_ earlier: Int?) throws -> Int {
        guard let earlier else { return size }
        guard (0...size).contains(earlier) else {
            throw LogError(.outOfRange, "the tree has \(size) entries; there is no tree of \(earlier) in it")
        }
        return earlier
    }

    private func check(_ index: Int, in size: Int) throws {
        guard index >= 0, index < size else {
            throw LogError(.outOfRange, "entry \(index) is not in a tree of \(size)")
        }
    }

    /// The largest power of two below `count`, where RFC 6962 splits a tree.
    private func split(_ count: Int) -> Int { 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount) }
}

/// The tiles that one question has read, each once.
private struct Tiles {
    private struct Place: Hashable {
        let level: Int
        let index: Int
    }

    private let tree: TiledTree
    private var seen: [Place: [Hash]] = [:]

    init(_ tree: TiledTree) { self.tree = tree }

    mutating func root(_ range: Range<Int>) throws -> Hash { Frontier.fold(try peaks(range)) ?? .emptyTree }

    /// The complete subtrees of a range that begins at a multiple of their sizes, largest first.
    mutating func peaks(_ range: Range<Int>) throws -> [Hash] {
        var peaks: [Hash] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let height = Int.bitWidth - 1 - (range.upperBound - start).leadingZeroBitCount
            peaks.append(try node(height: height, index: start >> height))
            start += 1 << height
        }
        return peaks
    }

    /// The root of the complete subtree over entries `index × 2^height` and the 2^height − 1 after it.
    mutating func node(height: Int, index: Int) throws -> Hash {
        let (level, rise) = height.quotientAndRemainder(dividingBy: 8)
        let start = index << rise
        let place = Place(level: level, index: start / TilePath.fullWidth)
        let tile: [Hash]
        if let known = seen[place] {
            tile = known
        } else {
            tile = try tree.hashes(level: place.level, index: place.index)
            seen[place] = tile
        }
        let first = start % TilePath.fullWidth
        return .complete(tile[first..<first + (1 << rise)])
    }
}

extension TilePath {
    /// The hashes in this tile's bytes; throws when they are too few. A full tile also serves for a partial one.
    func hashes(in bytes: [UInt8]) throws -> [Hash] {
        let needed = width * Hash.byteCount
        guard bytes.count == needed || (isPartial && bytes.count == TilePath.fullWidth * Hash.byteCount) else {
            throw LogError(.malformed, "\(path) has \(bytes.count) bytes, \(needed) wanted")
        }
        return Hash.list(bytes.count == needed ? bytes : Array(bytes[..<needed]))
    }
}
