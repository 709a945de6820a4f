/// The siblings that lead from one leaf to the root: shows that an entry is in a tree (RFC 9162 §2.1.3).
package struct InclusionProof: Equatable, Sendable {
    package let index: Int
    package let size: Int
    /// From the leaf's sibling up to the root's child.
    package let path: [Hash]

    package init(index: Int, size: Int, path: [Hash]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// Checks that the leaf stands at `index` of the tree with this root; throws with the reason when it does not.
    package func verify(leaf: Hash, root: Hash) throws {
        guard index >= 0, index < size else {
            throw LogError(.outOfRange, "entry \(index) is not in a tree of \(size)")
        }
        var walk = Walk(index, size - 1)
        var hash = leaf
        for sibling in path {
            guard walk.last > 0 else {
                throw LogError(.malformed, "proof of entry \(index) in \(size) has \(path.count) hashes, too many")
            }
            hash = walk.isRightOrLast ? .node(sibling, hash) : .node(hash, sibling)
            walk.climb()
        }
        guard walk.last == 0 else {
            throw LogError(.malformed, "proof of entry \(index) in \(size) has \(path.count) hashes, too few")
        }
        guard hash == root else {
            throw LogError(.inconsistent, "proof of entry \(index) in \(size) leads to root \(hash), not to \(root)")
        }
    }
}

/// The nodes that two trees share: shows that the newer only appended to the older (RFC 9162 §2.1.4).
package struct ConsistencyProof: Equatable, Sendable {
    package let oldSize: Int
    package let newSize: Int
    package let path: [Hash]

    package init(oldSize: Int, newSize: Int, path: [Hash]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.path = path
    }

    /// Checks that the tree with `newRoot` begins with the tree with `oldRoot`; throws with the reason when it does not.
    package func verify(oldRoot: Hash, newRoot: Hash) throws {
        guard oldSize >= 0, oldSize <= newSize else {
            throw LogError(.outOfRange, "a tree of \(newSize) is not a later state of a tree of \(oldSize)")
        }
        if oldSize == 0 || oldSize == newSize {
            guard path.isEmpty else {
                throw LogError(
                    .malformed, "proof from \(oldSize) to \(newSize) must be empty, has \(path.count) hashes")
            }
            guard oldRoot == (oldSize == 0 ? .emptyTree : newRoot) else {
                throw LogError(.inconsistent, "old root \(oldRoot) is not the root of the tree of \(oldSize)")
            }
            guard newSize > 0 || newRoot == .emptyTree else {
                throw LogError(.inconsistent, "new root \(newRoot) is not the root of the empty tree")
            }
            return
        }
        try verifyPath(oldRoot: oldRoot, newRoot: newRoot)
    }

    private func verifyPath(oldRoot: Hash, newRoot: Hash) throws {
        // A complete old tree is itself the node to begin with, and is left out of the proof.
        let isComplete = oldSize.nonzeroBitCount == 1
        guard let first = isComplete ? oldRoot : path.first, !path.isEmpty else {
            throw LogError(.malformed, "proof from \(oldSize) to \(newSize) has no hashes")
        }
        var walk = Walk(oldSize - 1, newSize - 1)
        walk.skipRightEdges()
        var (old, new) = (first, first)
        for hash in path.dropFirst(isComplete ? 0 : 1) {
            guard walk.last > 0 else {
                throw LogError(.malformed, "proof from \(oldSize) to \(newSize) has \(path.count) hashes, too many")
            }
            if walk.isRightOrLast {
                old = .node(hash, old)
                new = .node(hash, new)
            } else {
                new = .node(new, hash)
            }
            walk.climb()
        }
        guard walk.last == 0 else {
            throw LogError(.malformed, "proof from \(oldSize) to \(newSize) has \(path.count) hashes, too few")
        }
        guard old == oldRoot else {
            throw LogError(.inconsistent, "proof from \(oldSize) leads to old root \(old), not to \(oldRoot)")
        }
        guard new == newRoot else {
            throw LogError(.inconsistent, "proof to \(newSize) leads to new root \(new), not to \(newRoot)")
        }
    }
}

/// A node's place in its level, and the level's last place, on the way up.
private struct Walk {
    private(set) var place: Int
    private(set) var last: Int

    init(_ place: Int, _ last: Int) {
        self.place = place
        self.last = last
    }

    var isRightOrLast: Bool { place & 1 == 1 || place == last }

    mutating func climb() {
        // A last node without sibling rises unchanged until it is a right child.
        if place & 1 == 0, place == last {
            while place & 1 == 0, place != 0 { rise() }
        }
        rise()
    }

    mutating func skipRightEdges() {
        while place & 1 == 1 { rise() }
    }

    private mutating func rise() {
        place >>= 1
        last >>= 1
    }
}
