import Foundation
import LocalPostgres

/// PostgreSQL's own load generator, on scripts of ours: the ceiling of what a transaction of this shape can reach.
struct PGBench: Sendable {
    private let program: Program
    /// A temporary folder for the scripts.
    private let folder: URL

    /// - Throws: `BenchError` when there is no pgbench.
    init(beside binaries: ServerBinaries, scripts folder: URL) throws {
        // What stands in PATH may be a link to the server's own place.
        let server = URL(fileURLWithPath: "\(binaries.directory)/postgres").resolvingSymlinksInPath()
        let places = [
            server.deletingLastPathComponent().path, binaries.directory, "/usr/lib/postgresql/\(binaries.major)/bin",
            "/usr/bin",
        ]
        let paths = places.map { "\($0)/pgbench" }
        guard let path = paths.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw BenchError(
                "There is no pgbench in \(places.joined(separator: ", ")). Install PostgreSQL's contributed programs.")
        }
        program = Program(path: path)
        self.folder = folder
    }

    /// How fast a script ran.
    struct Result: Sendable {
        /// Runs of the script a second.
        let rate: Double
        /// How many runs there were.
        let runs: Double
    }

    /// Runs a script so many times in each client.
    func run(_ script: String, times: Int, clients: Int, on database: String) async throws -> Result {
        let file = folder.appending(path: "script.sql")
        try Data(script.utf8).write(to: file)
        let threads = min(clients, max(1, ProcessInfo.processInfo.activeProcessorCount))
        let text = try await program.output([
            "-n", "-M", "prepared", "-c", "\(clients)", "-j", "\(threads)", "-t", "\(times)", "-f", file.path,
            database,
        ])
        guard let rate = number(after: "tps = ", in: text),
            let runs = number(after: "transactions actually processed: ", in: text)
        else { throw BenchError("pgbench printed no rate:\n\(text.suffix(2_000))") }
        return Result(rate: rate, runs: runs)
    }

    private func number(after words: String, in text: String) -> Double? {
        guard let found = text.range(of: words) else { return nil }
        return Double(text[found.upperBound...].prefix { $0.isNumber || $0 == "." })
    }
}

/// The scripts: the bare way to do what the engine does.
enum Scripts {
    static let insert = """
        \\set n random(1, 1000000)
        INSERT INTO bench.hot (kind, args) VALUES ('bench.noop', jsonb_build_object('n', :n::int)) RETURNING id;
        """

    static func insert(_ rows: Int) -> String {
        """
        INSERT INTO bench.hot (kind, args)
        SELECT 'bench.noop', args FROM unnest(array_fill('{"n":1}'::jsonb, ARRAY[\(rows)])) AS new (args);
        """
    }

    /// Claims so many jobs, then posts and finishes each in a transaction of its own.
    static func effects(batch: Int) -> String {
        let names = (0..<batch).map { "coalesce((array_agg(id))[\($0 + 1)], 0) AS j\($0)" }.joined(separator: ", ")
        let posts = (0..<batch).map { "SELECT bench.post_and_finish(:j\($0));\n" }.joined()
        return """
            WITH claimed AS (
                UPDATE bench.hot SET claimed_at = now(), claimed_by = 1, attempt = attempt + 1
                 WHERE ctid = ANY (ARRAY(SELECT ctid FROM bench.hot WHERE claimed_at IS NULL
                                         ORDER BY priority, id LIMIT \(batch) FOR UPDATE SKIP LOCKED))
                RETURNING id, args
            )
            SELECT \(names), sum(length(args::text)) AS read FROM claimed \\gset
            \(posts)
            """
    }
}
