import Testing

@testable import Web

struct LogFilesTests {
    @Test(arguments: [
        "tile/0/000", "tile/0/x001/067", "tile/0/x001/x234/067", "tile/1/000.p/7", "tile/entries/000.p/255",
        "tile/entries/x001/067.p/1", "tile/63/999",
    ])
    func `a tile is served by its C2SP name`(path: String) {
        let kind = LogFiles.kind(path.split(separator: "/").map(String.init))
        #expect(kind == (path.contains("entries") ? .entries : .tile))
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/67", "tile/0/x001", "tile/00/000", "tile/64/000", "tile/0/000.p",
        "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/07", "tile/0/../../key", "..", "key", "state.db", "tile/0/%2e%2e/000",
        "tile/entries/001/000", "tile/entries/x00a/000", "checkpoint/x",
    ])
    func `nothing but the log is served`(path: String) {
        #expect(LogFiles.kind(path.split(separator: "/").map(String.init)) == nil)
    }

    @Test func `the checkpoint is never kept, a tile for ever`() {
        #expect(LogFiles.kind(["checkpoint"])?.cacheControl == "no-cache")
        #expect(LogFiles.Kind.tile.cacheControl.contains("immutable"))
    }
}
