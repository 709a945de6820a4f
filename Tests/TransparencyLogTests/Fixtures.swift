import Crypto
import TransparencyLog

/// A log's files in memory, as a static site would have them.
struct MemoryLog {
    var files: [String: [UInt8]] = [:]
    var appender = LogAppender()

    init() {}

    init(entries: [[UInt8]]) throws { try append(entries) }

    mutating func append(_ entries: [[UInt8]]) throws {
        for file in try appender.append(entries).files { files[file.path.path] = file.bytes }
    }

    func read(_ path: TilePath) throws -> [UInt8] {
        guard let bytes = files[path.path] ?? files[path.full.path] else { throw Absent(path: path.path) }
        return bytes
    }

    func tree(_ size: Int? = nil) -> TiledTree { TiledTree(size: size ?? appender.size, read: read) }
}

struct Absent: Error, Equatable { let path: String }

/// RFC 6962 §2.1 as it is written there: slow and plain, to hold the real code against.
enum Reference {
    static func root(_ leaves: ArraySlice<Hash>) -> Hash {
        guard leaves.count > 1 else { return leaves.first ?? .emptyTree }
        let middle = leaves.startIndex + split(leaves.count)
        return .node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    static func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }
}

/// A small generator with a known seed, so that a failure can be had again.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

func entries(_ range: Range<Int>) -> [[UInt8]] { range.map { Array("entry \($0)".utf8) } }

func key(_ seed: UInt8) throws -> Curve25519.Signing.PrivateKey {
    try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: seed, count: 32))
}

func code(_ body: () throws -> some Any) -> LogError.Code? {
    do {
        _ = try body()
        return nil
    } catch { return (error as? LogError)?.code }
}
