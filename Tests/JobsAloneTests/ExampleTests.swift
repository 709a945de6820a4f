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

/// The room's own documentation, `Sources/Jobs/README.md`, says what is so: in a program that isn't of this package, on
/// tables that are the engine's alone.
@Suite(.serialized, .emptyDatabase, .timeLimit(.minutes(5)))
struct ExampleTests {
    private let pool = Database.current.pool
    private let settings = Database.current.settings
    private let logger = Logger(label: "example", factory: { _ in SwiftLogNoOpLogHandler() })

    init() async throws {
        try await Database.current.makeJobsTables()
        try await Database.current.pool.withConnection {
            try await $0.script(
                """
                CREATE TABLE public.postcard (text text);
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
