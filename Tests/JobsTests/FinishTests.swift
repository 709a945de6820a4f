import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Testing

/// Ends of many jobs in one statement: each finds its row by the place where it was claimed, and ends no other.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct FinishTests {
    private static let (engine, other) = (UUID(), UUID())

    /// Jobs that an engine holds, with a follower of the first.
    private func claimed(_ count: Int) async throws -> Rig {
        let rig = try await Rig.onTestDatabase()
        try await Database.current.pool.withConnection { owner in
            try await owner.execute(
                """
                INSERT INTO jobs.engine (id, host, process_id, queues, kinds, versions, started_at, lease_until)
                SELECT id, 'test', 1, '{}', '{}', '{}', now(), now() + interval '1 hour'
                  FROM unnest(\([Self.engine, Self.other])) AS id
                """)
            try await owner.execute(
                """
                INSERT INTO jobs.job (id, kind, stage, run_at, created_at, max_attempts, attempt, token, owner, started_at, followed)
                SELECT n, 'test.note', 'ready', now(), now(), 3, 1, 1, \(Self.engine), now(), n = 1
                  FROM generate_series(1, \(count)) AS n
                """)
            try await owner.execute(
                """
                INSERT INTO jobs.job (id, kind, stage, blockers, run_at, created_at, max_attempts)
                VALUES (1000, 'test.note', 'blocked', 1, now(), now(), 3)
                """)
            try await owner.execute("INSERT INTO jobs.dependency (waits_for, job_id) VALUES (1, 1000)")
        }
        return rig
    }

    private func places(_ rig: Rig) async throws -> String {
        try await rig.pool.withConnection {
            try await $0.value("SELECT array_agg(ctid ORDER BY id)::text FROM jobs.job WHERE owner = \(Self.engine)")
        }
    }

    /// The numbers that were still held, in order; nil: all of them.
    private func finish(_ rig: Rig, _ ids: [Int64], at places: String, tokens: [Int]? = nil) async throws -> [Int64]? {
        let held: [Int64]? = try await rig.pool.withConnection { session in
            try await session.one(
                """
                SELECT jobs.finish_all(\(places)::tid[], \(ids), \(tokens ?? ids.map { _ in 1 })::int[], \(Self.engine), now())
                """)[0]
        }
        return held?.sorted()
    }

    private func done(_ rig: Rig) async throws -> [Int64] {
        try await rig.pool.withConnection {
            try await $0.query("SELECT id FROM jobs.history WHERE outcome = 'done' ORDER BY id").map { try $0[0] }
        }
    }

    private func running(_ rig: Rig) async throws -> Int {
        try await rig.count("SELECT count(*) FROM jobs.job WHERE owner IS NOT NULL")
    }

    @Test func `rows that stand where they were claimed are ended there, and who waits is released`() async throws {
        let rig = try await claimed(3)
        #expect(try await finish(rig, [1, 2, 3], at: places(rig)) == nil)
        #expect(try await done(rig) == [1, 2, 3])
        #expect(try await running(rig) == 0)
        #expect(try await rig.count("SELECT count(*) FROM jobs.job WHERE id = 1000 AND stage = 'scheduled'") == 1)
        // What is kept is the row as it was.
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE token = 1 AND attempt = 1") == 3)
    }

    @Test func `a row that moved since is found by its number, and ended once`() async throws {
        let rig = try await claimed(3)
        let before = try await places(rig)
        try await rig.pool.withConnection { try await $0.execute("UPDATE jobs.job SET progress = 0.5 WHERE id = 2") }
        #expect(try await finish(rig, [1, 2, 3], at: before) == [1, 2, 3])
        #expect(try await done(rig) == [1, 2, 3])
        #expect(try await running(rig) == 0)
        #expect(try await rig.count("SELECT count(*) FROM jobs.job WHERE id = 1000 AND stage = 'scheduled'") == 1)
    }

    @Test func `another job of the engine that stands in a place by now is not ended for the one that stood there`()
        async throws
    {
        let rig = try await claimed(3)
        let all = try await places(rig)
        // The places of 1, 2 and 3, for 1 and 2 alone.
        #expect(try await finish(rig, [1, 2], at: all) == [1, 2])
        #expect(try await done(rig) == [1, 2])
        #expect(try await running(rig) == 1)
        // The place of 3 alone, for nobody that is left.
        #expect(try await finish(rig, [1], at: places(rig)) == [])
        #expect(try await done(rig) == [1, 2])
        #expect(try await running(rig) == 1)
    }

    @Test func `G17: of many ends the one whose lease was lost changes nothing, and holds up no other`() async throws {
        let rig = try await claimed(3)
        let before = try await places(rig)
        // Handed back and claimed again by the same engine, in the same place as far as it knows.
        #expect(try await finish(rig, [1, 2, 3], at: before, tokens: [1, 0, 1]) == [1, 3])
        #expect(try await done(rig) == [1, 3])
        // And of another engine's.
        try await rig.pool.withConnection {
            try await $0.execute("UPDATE jobs.job SET owner = \(Self.other) WHERE id = 2")
        }
        #expect(try await finish(rig, [2], at: before) == [])
        #expect(try await done(rig) == [1, 3])
        #expect(try await running(rig) == 1)
    }

    @Test func `without places every row is found by its number`() async throws {
        let rig = try await claimed(2)
        #expect(try await finish(rig, [1, 2], at: "{}") == [1, 2])
        #expect(try await done(rig) == [1, 2])
    }

    /// Runs 50 outside jobs. Of each statement that ended some: how many places it was told, and whether that was enough.
    private func told(isRepeatable: Bool) async throws -> [(places: Int, wasEnough: Bool)] {
        let rig = try await Rig.onTestDatabase()
        try await Database.current.pool.withConnection {
            try await $0.script(
                """
                CREATE TABLE public.told (places integer, held bigint[]);
                GRANT ALL ON public.told TO relief_app;
                ALTER FUNCTION jobs.finish_all RENAME TO finish_all_in_truth;
                CREATE FUNCTION jobs.finish_all(places tid[], ids bigint[], claims integer[], engine uuid, at timestamptz)
                    RETURNS bigint[] LANGUAGE plpgsql AS $$
                DECLARE held bigint[] := jobs.finish_all_in_truth(places, ids, claims, engine, at);
                BEGIN
                    INSERT INTO public.told VALUES (cardinality(places), held);
                    RETURN held;
                END $$;
                """)
        }
        var registry = Registry()
        registry.register(Note.self, isRepeatable: isRepeatable) { _, _ in .done }
        rig.start(registry)
        for number in 0..<50 { try await rig.enqueue("\(number)") }
        try await rig.harness.untilIdle()
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE outcome = 'done'") == 50)
        try await rig.harness.stop()
        return try await rig.pool.withConnection {
            try await $0.query("SELECT places, held IS NULL FROM public.told").map { (try $0[0], try $0[1]) }
        }
    }

    @Test func `an engine says where its jobs were claimed, and that is where they are`() async throws {
        let told = try await told(isRepeatable: true)
        #expect(told.allSatisfy { $0.wasEnough })
        #expect(told.map(\.places).reduce(0, +) == 50)
    }

    @Test func `of jobs whose rows it changed since, an engine doesn't say where they stood`() async throws {
        let told = try await told(isRepeatable: false)
        #expect(!told.isEmpty && told.allSatisfy { $0.places == 0 })
    }
}
