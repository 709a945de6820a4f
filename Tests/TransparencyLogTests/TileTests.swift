import Testing
import TransparencyLog

@Suite struct TileTests {
    @Test(arguments: [
        (TilePath(level: 0, index: 0), "tile/0/000"),
        (TilePath(level: 1, index: 0, width: 1), "tile/1/000.p/1"),
        (TilePath(level: 63, index: 1_234_067), "tile/63/x001/x234/067"),
        (TilePath(level: 0, index: 999, width: 255), "tile/0/999.p/255"),
        (TilePath(level: 0, index: 1000), "tile/0/x001/000"),
        (TilePath(entries: 0, width: 2), "tile/entries/000.p/2"),
        (TilePath(entries: 273, width: 112), "tile/entries/273.p/112"),
        (TilePath(entries: .max), "tile/entries/x009/x223/x372/x036/x854/x775/807"),
    ])
    func `a path reads and writes itself`(tile: TilePath, path: String) throws {
        #expect(tile.path == path)
        #expect(try TilePath(parsing: path) == tile)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000",
        "tile/-1/000", "tile/0/x000/001", "tile/0/001/002", "tile/0/x001", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000.p", "tile/0/000/5", "/tile/0/000", "tile/0/000/",
        "tile/data/000", "tile/8/0/000", "tile/0/٠٠٠", "tile/0/+01", "tile/0/../000",
        "tile/entries/x009/x223/x372/x036/x854/x775/808",
        "tile/entries/x999/x999/x999/x999/x999/x999/x999/999", "checkpoint",
    ])
    func `what is no path is refused`(path: String) {
        #expect(code { try TilePath(parsing: path) } == .malformed)
    }

    @Test(arguments: [
        (0, []),
        (1, [(0, 0, 1)]),
        (255, [(0, 0, 255)]),
        (256, [(0, 1, 0), (1, 0, 1)]),
        (257, [(0, 1, 1), (1, 0, 1)]),
        (65536, [(0, 256, 0), (1, 1, 0), (2, 0, 1)]),
        (70000, [(0, 273, 112), (1, 1, 17), (2, 0, 1)]),
    ])
    func `full and partial tiles at each level`(size: Int, levels: [(level: Int, full: Int, partial: Int)]) throws {
        var expected: [TilePath] = []
        for (level, full, partial) in levels {
            expected += (0..<full).map { TilePath(level: level, index: $0) }
            if partial > 0 { expected.append(TilePath(level: level, index: full, width: partial)) }
        }
        if let first = levels.first {
            expected += (0..<first.full).map { TilePath(entries: $0) }
            if first.partial > 0 { expected.append(TilePath(entries: first.full, width: first.partial)) }
        }
        let log = try MemoryLog(entries: entries(0..<size))
        #expect(Set(TilePath.all(treeSize: size)) == Set(expected))
        #expect(Set(log.files.keys) == Set(expected.map(\.path)))
        for tile in expected {
            guard case .hashes = tile.kind else { continue }
            #expect(log.files[tile.path]?.count == tile.width * 32)
        }
    }

    @Test func `a hash at level 1 is the root over its 256 leaves`() throws {
        let log = try MemoryLog(entries: entries(0..<600))
        let leaves = entries(0..<600).map { Hash.leaf($0) }
        let level1 = try #require(log.files["tile/1/000.p/2"])
        #expect(Hash(bytes: level1[..<32]) == Reference.root(leaves[..<256]))
        #expect(Hash(bytes: level1[32...]) == Reference.root(leaves[256..<512]))
        #expect(try log.tree().leaf(at: 599) == leaves[599])
        #expect(try log.tree().entry(at: 599) == Array("entry 599".utf8))
    }

    @Test func `entries may be empty or 65535 bytes long, not longer`() throws {
        let long = [UInt8](repeating: 7, count: 65535)
        var log = try MemoryLog(entries: [[], long, []])
        #expect(try log.tree().entry(at: 1) == long)
        #expect(try log.tree().entry(at: 2) == [])
        let before = log.appender.root
        #expect(code { try log.append([[1], long + [1]]) } == .outOfRange)
        #expect(log.appender.root == before)
        #expect(log.appender.size == 3)
    }

    @Test func `a full tile serves for a partial one that is gone`() throws {
        var log = try MemoryLog(entries: entries(0..<200))
        let root = log.appender.root
        try log.append(entries(200..<300))
        log.files["tile/0/000.p/200"] = nil
        log.files["tile/entries/000.p/200"] = nil
        #expect(try log.tree(200).root() == root)
        #expect(try log.tree(200).check() == root)
        #expect(try log.tree(200).entry(at: 199) == Array("entry 199".utf8))
        #expect(try LogAppender(size: 200, root: root, read: log.read).root == root)
    }

    @Test func `a short file at a full path is refused`() throws {
        var log = try MemoryLog(entries: entries(0..<600))
        let root = log.appender.root
        log.files["tile/0/001"]?.removeLast(32)
        #expect(code { try log.tree().check() } == .malformed)
        #expect(code { try log.tree().inclusionProof(of: 300) } == .malformed)
        log.files["tile/entries/001"]?.removeLast()
        #expect(code { try log.tree().entry(at: 300) } == .malformed)
        #expect(try LogAppender(size: 600, root: root, read: log.read).size == 600)
    }

    @Test func `every changed file is found and named`() throws {
        let log = try MemoryLog(entries: entries(0..<600))
        #expect(try log.tree().check() == log.appender.root)
        var generator = Seeded(20_261_122)
        for (path, bytes) in log.files.sorted(by: { $0.key < $1.key }) {
            for _ in 0..<12 {
                var changed = log
                let (byte, bit) = (
                    Int.random(in: bytes.indices, using: &generator), Int.random(in: 0..<8, using: &generator)
                )
                changed.files[path]?[byte] ^= 1 << bit
                let error = #expect(throws: LogError.self) { try changed.tree().check() }
                // A changed entry shows where the tile no longer fits it.
                let named = path.replacing("tile/entries/", with: "tile/0/")
                #expect(
                    error?.message.contains(named) == true || error?.message.contains(path) == true,
                    "\(path) \(byte) \(bit)")
            }
        }
    }
}
