/// The right edge of a growing tree: enough to append leaves and to name the root, without the leaves before.
package struct Frontier: Equatable, Sendable {
    package private(set) var size: Int
    /// Roots of the complete subtrees that make up the tree, largest (leftmost) first.
    package private(set) var peaks: [Hash]

    /// The edge of the empty tree.
    package init() {
        size = 0
        peaks = []
    }

    init(size: Int, peaks: [Hash]) {
        precondition(size.nonzeroBitCount == peaks.count, "one peak for each bit of the size")
        self.size = size
        self.peaks = peaks
    }

    /// Puts one more leaf hash at the right end.
    package mutating func append(_ leaf: Hash) {
        var carry = leaf
        var bits = size
        while bits & 1 == 1 {
            carry = .node(peaks.removeLast(), carry)
            bits >>= 1
        }
        peaks.append(carry)
        size += 1
    }

    /// The root of the tree so far.
    package var root: Hash { Frontier.fold(peaks) ?? .emptyTree }

    /// The hash over neighbouring complete subtrees, the largest first; nil of none.
    static func fold(_ peaks: some BidirectionalCollection<Hash>) -> Hash? {
        guard let last = peaks.last else { return nil }
        return peaks.dropLast().reversed().reduce(last) { .node($1, $0) }
    }
}
