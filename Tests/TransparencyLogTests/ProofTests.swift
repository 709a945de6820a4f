import Testing
import TransparencyLog

@Suite struct ProofTests {
    @Test func `every entry of every tree up to 130 has the proof of RFC 6962`() throws {
        let log = try MemoryLog(entries: entries(0..<130))
        let leaves = entries(0..<130).map { Hash.leaf($0) }
        let tree = log.tree()
        for size in 1...130 {
            let root = Reference.root(leaves[..<size])
            #expect(try tree.root(at: size) == root)
            for index in 0..<size {
                let proof = try tree.inclusionProof(of: index, at: size)
                try proof.verify(leaf: leaves[index], root: root)
                #expect(proof.path == path(index, leaves[..<size]))
                #expect(throws: LogError.self) { try proof.verify(leaf: leaves[(index + 1) % 130], root: root) }
            }
        }
    }

    @Test func `every tree up to 130 is the beginning of every later one`() throws {
        let log = try MemoryLog(entries: entries(0..<130))
        let tree = log.tree()
        let roots = try (0...130).map { try tree.root(at: $0) }
        for new in 0...130 {
            for old in 0...new {
                let proof = try tree.consistencyProof(from: old, to: new)
                try proof.verify(oldRoot: roots[old], newRoot: roots[new])
                // Every log begins with nothing: from size 0 only the old root can be wrong.
                if old > 0 {
                    #expect(throws: LogError.self) { try proof.verify(oldRoot: roots[old], newRoot: .leaf([])) }
                }
                #expect(throws: LogError.self) { try proof.verify(oldRoot: .leaf([]), newRoot: roots[new]) }
            }
        }
    }

    @Test func `proofs in a large tree`() throws {
        let log = try MemoryLog(entries: entries(0..<70000))
        let tree = log.tree()
        var generator = Seeded(70_000)
        for _ in 0..<60 {
            let size = Int.random(in: 1...70000, using: &generator)
            let index = Int.random(in: 0..<size, using: &generator)
            let old = Int.random(in: 0...size, using: &generator)
            let root = try tree.root(at: size)
            let entry = Hash.leaf(Array("entry \(index)".utf8))
            try tree.inclusionProof(of: index, at: size).verify(leaf: entry, root: root)
            try tree.consistencyProof(from: old, to: size).verify(oldRoot: try tree.root(at: old), newRoot: root)
        }
    }

    @Test func `a proof reads only the tiles on its way`() throws {
        let log = try MemoryLog(entries: entries(0..<70000))
        var seen: [String] = []
        let tree = TiledTree(size: 70000) { path in
            seen.append(path.path)
            return try log.read(path)
        }
        _ = try tree.inclusionProof(of: 12345)
        #expect(seen.sorted() == ["tile/0/048", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17"])
    }

    @Test(arguments: [(0, 1), (0, 2), (2, 3), (6, 7), (4, 8), (12, 13)])
    func `every single bit of an inclusion proof matters`(index: Int, size: Int) throws {
        let log = try MemoryLog(entries: entries(0..<size))
        let proof = try log.tree().inclusionProof(of: index)
        let (leaf, root) = (Hash.leaf(Array("entry \(index)".utf8)), log.appender.root)
        try proof.verify(leaf: leaf, root: root)
        for bit in 0..<256 {
            #expect(code { try proof.verify(leaf: leaf.flipped(bit), root: root) } == .inconsistent)
            #expect(code { try proof.verify(leaf: leaf, root: root.flipped(bit)) } == .inconsistent)
            for place in proof.path.indices {
                var path = proof.path
                path[place] = path[place].flipped(bit)
                let bad = InclusionProof(index: index, size: size, path: path)
                #expect(code { try bad.verify(leaf: leaf, root: root) } == .inconsistent)
            }
        }
        for path in [proof.path + [leaf], [leaf] + proof.path, Array(proof.path.dropLast())] where path != proof.path {
            let bad = InclusionProof(index: index, size: size, path: path)
            #expect(code { try bad.verify(leaf: leaf, root: root) } == .malformed)
        }
        for other in -1...size where other != index {
            let bad = InclusionProof(index: other, size: size, path: proof.path)
            #expect(throws: LogError.self) { try bad.verify(leaf: leaf, root: root) }
        }
    }

    @Test(arguments: [(1, 2), (2, 3), (3, 7), (4, 8), (6, 8), (7, 13)])
    func `every single bit of a consistency proof matters`(old: Int, new: Int) throws {
        let log = try MemoryLog(entries: entries(0..<new))
        let proof = try log.tree().consistencyProof(from: old)
        let (oldRoot, newRoot) = (try log.tree().root(at: old), log.appender.root)
        try proof.verify(oldRoot: oldRoot, newRoot: newRoot)
        for bit in 0..<256 {
            #expect(code { try proof.verify(oldRoot: oldRoot.flipped(bit), newRoot: newRoot) } == .inconsistent)
            #expect(code { try proof.verify(oldRoot: oldRoot, newRoot: newRoot.flipped(bit)) } == .inconsistent)
            for place in proof.path.indices {
                var path = proof.path
                path[place] = path[place].flipped(bit)
                let bad = ConsistencyProof(oldSize: old, newSize: new, path: path)
                #expect(code { try bad.verify(oldRoot: oldRoot, newRoot: newRoot) } == .inconsistent)
            }
        }
        for path in [proof.path + [oldRoot], Array(proof.path.dropLast()), []] {
            let bad = ConsistencyProof(oldSize: old, newSize: new, path: path)
            #expect(throws: LogError.self) { try bad.verify(oldRoot: oldRoot, newRoot: newRoot) }
        }
    }

    @Test func `a rewritten log is caught by an old root`() throws {
        let signed = try MemoryLog(entries: entries(0..<400)).appender.root
        for rewritten in [0, 5, 255, 256, 399] {
            var changed = entries(0..<700)
            changed[rewritten] = Array("forged".utf8)
            let log = try MemoryLog(entries: changed)
            let proof = try log.tree().consistencyProof(from: 400)
            #expect(code { try proof.verify(oldRoot: signed, newRoot: log.appender.root) } == .inconsistent)
        }
    }

    @Test func `a log cut at its tail is caught by an old root`() throws {
        let signed = try MemoryLog(entries: entries(0..<400)).appender.root
        var cut = try MemoryLog(entries: entries(0..<350))
        #expect(code { try cut.tree().consistencyProof(from: 400) } == .outOfRange)
        let backwards = ConsistencyProof(oldSize: 400, newSize: 350, path: [])
        #expect(code { try backwards.verify(oldRoot: signed, newRoot: cut.appender.root) } == .outOfRange)
        try cut.append(entries(350..<399).map { $0 + [0] })
        try cut.append(entries(399..<500))
        let proof = try cut.tree().consistencyProof(from: 400)
        #expect(code { try proof.verify(oldRoot: signed, newRoot: cut.appender.root) } == .inconsistent)
    }

    @Test func `nothing is proved outside the tree`() throws {
        let tree = try MemoryLog(entries: entries(0..<10)).tree()
        #expect(code { try tree.inclusionProof(of: 10) } == .outOfRange)
        #expect(code { try tree.inclusionProof(of: -1) } == .outOfRange)
        #expect(code { try tree.inclusionProof(of: 5, at: 5) } == .outOfRange)
        #expect(code { try tree.inclusionProof(of: 5, at: 11) } == .outOfRange)
        #expect(code { try tree.consistencyProof(from: 6, to: 5) } == .outOfRange)
        #expect(code { try tree.entry(at: 10) } == .outOfRange)
        #expect(code { try tree.leaf(at: -1) } == .outOfRange)
        let vast = InclusionProof(index: .max - 1, size: .max, path: [])
        #expect(code { try vast.verify(leaf: .emptyTree, root: .emptyTree) } == .malformed)
    }

    private func path(_ index: Int, _ leaves: ArraySlice<Hash>) -> [Hash] {
        guard leaves.count > 1 else { return [] }
        let middle = leaves.startIndex + Reference.split(leaves.count)
        return leaves.startIndex + index < middle
            ? path(index, leaves[..<middle]) + [Reference.root(leaves[middle...])]
            : path(index - middle + leaves.startIndex, leaves[middle...]) + [Reference.root(leaves[..<middle])]
    }
}

extension Hash {
    fileprivate func flipped(_ bit: Int) -> Hash {
        var bytes = bytes
        bytes[bit / 8] ^= 1 << (bit % 8)
        return Hash(bytes: bytes) ?? self
    }
}
