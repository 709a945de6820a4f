import LocalPostgres
import Logging
import Postgres
import Testing

/// The server of these tests: one throw-away cluster for all, another of its own for tests that kill it.
enum Server {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let shared = Task { try await LocalCluster.start(.throwaway, logger: logger) }

    static var settings: Settings {
        get async throws { settings(try await shared.value) }
    }

    static func settings(_ cluster: LocalCluster) -> Settings {
        Settings(cluster.conninfo(database: "postgres", user: "postgres"))
    }

    static func connect(_ change: (inout Settings) -> Void = { _ in }) async throws -> Connection {
        var settings = try await settings
        change(&settings)
        return try await Connection.open(settings, logger: logger)
    }

    static func pool(size: Int = 4, waitLimit: Duration = .seconds(30)) async throws -> Pool {
        Pool(settings: try await settings, size: size, waitLimit: waitLimit, logger: logger)
    }
}

/// Runs the body, which has to throw a `PostgresError`, and returns that.
func failure<R>(
    _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> R
) async -> PostgresError? {
    do {
        _ = try await body()
        Issue.record("no error was thrown", sourceLocation: location)
        return nil
    } catch {
        if let error = error as? PostgresError { return error }
        Issue.record("another error was thrown: \(error)", sourceLocation: location)
        return nil
    }
}
