import Foundation
import Jobs
import JobsTesting
import Logging
import Postgres
import Support
import Testing
import WorkingDays

// README: ten lines
struct Postcard: RunnableJob {
    static let kind = "postcard.send"
    let text: String
    func run(in context: JobContext) async throws -> JobOutcome {
        try await context.transaction.execute("INSERT INTO postcard (text) VALUES (\(text))")
        return .done
    }
}
// README: end

/// The room's own documentation, `Sources/Jobs/README.md`, says what is so.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct ExampleTests {
    private let pool = Database.current.appPool
    private let settings = Database.current.appSettings
    private let logger = Logger(label: "example", factory: { _ in SwiftLogNoOpLogHandler() })

    init() async throws {
        try await Database.current.pool.withConnection {
            try await $0.script(
                """
                CREATE TABLE public.postcard (text text);
                GRANT SELECT, INSERT ON public.postcard TO relief_app;
                CREATE FUNCTION public.say() RETURNS trigger LANGUAGE plpgsql
                    AS $say$ BEGIN PERFORM pg_notify('postcard', new.text); RETURN NULL; END $say$;
                CREATE TRIGGER say AFTER INSERT ON public.postcard FOR EACH ROW EXECUTE FUNCTION public.say();
                """)
        }
    }

    @Test func `the example of the documentation does its job`() async throws {
        try await Database.current.pool.withConnection { connection in
            try await connection.listen("postcard")
            let running = Task { try await send() }
            for await notification in connection.notifications {
                #expect(notification.payload == "Dear Ms Li,")
                break
            }
            running.cancel()
            try await running.value
        }
    }

    private func send() async throws {
        // README: ten lines
        try await pool.transaction { try await Jobs.enqueue(Postcard(text: "Dear Ms Li,"), in: $0, now: .now) }
        try await Engine(pool: pool, listen: settings, registry: Registry(Postcard.self), logger: logger).run()
        // README: end
    }

    @Test func `jobs are tested as the documentation shows, in the test's own transaction`() async throws {
        let clock = ManualClock(at("2026-11-23T01:00:00Z"))
        // README: drain
        try await pool.transaction { transaction in
            try await Jobs.enqueue(Postcard(text: "Dear Ms Li,"), in: transaction, now: clock.now())
            try await Drain.run(Registry(Postcard.self), in: transaction, clock: clock, logger: logger)
            #expect(try await transaction.value("SELECT text FROM postcard") == "Dear Ms Li,")
        }
        // README: end
    }

    @Test func `jobs are tested as the documentation shows, by real engines under a clock that moves by hand`()
        async throws
    {
        let (monday, tuesday) = (at("2026-11-23T01:00:00Z"), at("2026-11-24T01:00:00Z"))
        // README: harness
        let harness = EngineHarness(pool: pool, listen: settings, at: monday)
        harness.start(Registry(Postcard.self))
        let id = try await harness.enqueue(Postcard(text: "Dear Ms Li,"), Enqueue(runAt: tuesday))
        try await harness.set(tuesday)
        #expect(try await harness.show(id)?.state == .done)
        try await harness.stop()
        // README: end
    }
}

@Suite struct DocumentationTests {
    @Test func `the documentation shows the examples as they are run here`() throws {
        let shown = try Self.documentation().components(separatedBy: "```swift\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(shown == (try Self.examples()))
        #expect(shown.first?.split(separator: "\n").count == 10)
    }

    @Test func `every test that the documentation names is there`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let tests = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        // In the tables, what stands between backquotes and has a space is the name of a test.
        let rows = try Self.documentation().split(separator: "\n").filter { $0.hasPrefix("|") }
        let named = rows.flatMap { row in
            row.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        }.filter { $0.contains(" ") }
        #expect(named.count > 50)
        let missing = named.filter { !tests.contains("func `\($0)`(") }
        #expect(missing == [])
    }

    private static func documentation() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "Sources/Jobs/README.md"), encoding: .utf8)
    }

    /// What stands in this file between `README: NAME` and `README: end`, without its indentation; pieces of one name
    /// together.
    private static func examples() throws -> [String] {
        var names: [String] = []
        var texts: [String: String] = [:]
        var current: (name: String, indentation: Int)?
        for line in try String(contentsOfFile: #filePath, encoding: .utf8).components(separatedBy: "\n") {
            if let name = line.wholeMatch(of: /\ *\/\/ README: (.*)/)?.1 {
                current = name == "end" ? nil : (String(name), line.prefix { $0 == " " }.count)
                if let current, texts[current.name] == nil { names.append(current.name) }
            } else if let current {
                texts[current.name, default: ""] += line.dropFirst(current.indentation) + "\n"
            }
        }
        return names.compactMap { texts[$0] }
    }
}
