import Testing
import TransparencyLog

@Suite struct AppendTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `many small appends make the same log as one`(seed: UInt64) throws {
        var generator = Seeded(seed)
        let size = Int.random(in: 1...1600, using: &generator)
        let whole = try MemoryLog(entries: entries(0..<size))
        var grown = MemoryLog()
        while grown.appender.size < size {
            let start = grown.appender.size
            let step = Int.random(
                in: 0...min(size - start, [3, 40, 700][Int.random(in: 0..<3, using: &generator)]), using: &generator)
            try grown.append(entries(start..<start + step))
            #expect(grown.appender.root == Reference.root(entries(0..<start + step).map { .leaf($0) }[...]))
            if Bool.random(using: &generator) {
                grown.appender = try LogAppender(size: start + step, root: grown.appender.root, read: grown.read)
            }
        }
        #expect(grown.appender.root == whole.appender.root)
        #expect(whole.files.allSatisfy { grown.files[$0.key] == $0.value }, "seed \(seed), size \(size)")
    }

    @Test func `appends across the edge of level 2 make the same log as one`() throws {
        let whole = try MemoryLog(entries: entries(0..<70000))
        var grown = MemoryLog()
        for (start, end) in [(0, 255), (255, 256), (256, 65535), (65535, 65536), (65536, 65537), (65537, 70000)] {
            try grown.append(entries(start..<end))
            grown.appender = try LogAppender(size: end, root: grown.appender.root, read: grown.read)
        }
        #expect(grown.appender.root == whole.appender.root)
        #expect(whole.files.allSatisfy { grown.files[$0.key] == $0.value })
    }

    @Test func `growth says what is new, bundles before tiles and lower before upper`() throws {
        var appender = LogAppender()
        _ = try appender.append(entries(0..<250))
        let growth = try appender.append(entries(250..<260))
        #expect(
            growth.files.map(\.path.path) == [
                "tile/entries/000", "tile/entries/001.p/4", "tile/0/000", "tile/0/001.p/4", "tile/1/000.p/1",
            ])
        #expect(growth.firstIndex == 250)
        #expect(growth.size == 260)
        #expect(growth.root == appender.root)
    }

    @Test func `appending nothing changes nothing`() throws {
        var appender = LogAppender()
        #expect(try appender.append([]).files.isEmpty)
        #expect(appender.root == .emptyTree)
        _ = try appender.append(entries(0..<256))
        let root = appender.root
        let growth = try appender.append([])
        #expect(growth.files.isEmpty)
        #expect(growth.root == root)
    }

    @Test func `a log is not taken up under another root than the signed one`() throws {
        let log = try MemoryLog(entries: entries(0..<300))
        let other = try MemoryLog(entries: entries(0..<299)).appender.root
        #expect(code { try LogAppender(size: 300, root: other, read: log.read) } == .inconsistent)
        #expect(code { try LogAppender(size: 299, root: other, read: log.read) } == nil as LogError.Code?)
    }

    @Test func `a log whose last bundle was changed is not taken up`() throws {
        var log = try MemoryLog(entries: entries(0..<300))
        log.files["tile/entries/001.p/44"]?[3] ^= 1
        #expect(code { try LogAppender(size: 300, root: log.appender.root, read: log.read) } == .inconsistent)
    }

    @Test func `a missing file is the reader's error, unchanged`() throws {
        var log = try MemoryLog(entries: entries(0..<300))
        log.files["tile/0/001.p/44"] = nil
        #expect(throws: Absent(path: "tile/0/001.p/44")) {
            try LogAppender(size: 300, root: log.appender.root, read: log.read)
        }
    }
}
