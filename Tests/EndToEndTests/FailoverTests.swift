import Client
import Contract
import Foundation
import LocalPostgres
import Postgres
import Support
import Testing

/// A whole daemon with two hosts, of which the primary freezes: only a deadline of our own can tell, since a frozen server
/// breaks no connection.
@Suite(.serialized, .timeLimit(.minutes(5))) struct FailoverTests {
    @Test func `a frozen primary is left for its promoted standby: all acknowledged is there, and jobs run once`()
        async throws
    {
        try await ReplicatedPair.with { pair in
            try await House.with { house in
                let daemon = try await house.serve(
                    "data", "--database-url", pair.url, "--pool-size", "\(Self.poolSize)")
                let (client, unions) = (daemon.client, Unions(client: daemon.client))
                #expect(await unions.foundAll(1..<5).count == 4)
                let primary = Jobs(session: try await ReplicatedPair.session(on: pair.primary))
                // One job is at work when the primary freezes, one waits for its queue.
                let lock = try await ReplicatedPair.session(on: pair.primary)
                try await lock.script("BEGIN; LOCK TABLE relief.case_step")
                let atWork = try await primary.enqueue()
                try await primary.untilStuck(atWork)
                _ = try await client.send(PauseQueue(queue: Jobs.queue))
                let waiting = try await primary.enqueue()
                let before = try await Self.logSize(client)

                await pair.primary.freeze()
                await daemon.untilReadyz { $0?.hasPrefix("HTTP/1.1 503") == true }
                let refusal = try await #require(throws: Refusal.self) { try await unions.found(5) }
                #expect(refusal.code == .unavailable)
                try await pair.promote()
                await daemon.untilReadyz { $0?.hasPrefix("HTTP/1.1 200") == true }

                // Asked again under its key, what was refused is done once.
                _ = try await unions.found(5)
                _ = try await client.send(ResumeQueue(queue: Jobs.queue))
                let standby = Jobs(session: try await ReplicatedPair.session(on: pair.standby))
                let after = try await standby.enqueue()
                for job in [atWork, waiting, after] { try await standby.untilDone(job) }
                #expect(try await standby.runs(of: [atWork, waiting, after]) == [1, 1, 1])
                for number in 1...5 { #expect(try await standby.count(Unions.code(number)) == 1) }
                while try await Self.logSize(client) <= before { try Task.checkCancellation() }
                try await expectIntact(client, standby)

                // Every connection that the daemon may have is to the new primary before the old one comes back.
                try await fillPool(unions, standby)
                await pair.primary.thaw()
                await lock.close()
                _ = try await unions.found(6)
                #expect(try await standby.count(Unions.code(6)) == 1)
                #expect(try await standby.connections == Self.poolSize + 1)
                let old = Jobs(session: try await ReplicatedPair.session(on: pair.primary))
                for number in 5...6 { #expect(try await old.count(Unions.code(number)) == 0) }
                try await expectIntact(client, standby)
            }
        }
    }

    /// The smallest that there is.
    private static let poolSize = 4

    private func expectIntact(_ client: ReliefClient, _ jobs: Jobs) async throws {
        let report = try await client.send(VerifyAudit())
        #expect(report.intact, "\(report.findings)")
        #expect(try await ReplicatedPair.violations(on: jobs.session) == [])
    }

    /// How many leaves the published checkpoint signs.
    private static func logSize(_ client: ReliefClient) async throws -> Int {
        let lines = String(decoding: try await client.get("/log/checkpoint"), as: UTF8.self).split(separator: "\n")
        return lines.count > 1 ? Int(lines[1]) ?? 0 : 0
    }

    /// Asks for more connections at once than the pool has, until all it may have are there, and the engine's.
    private func fillPool(_ unions: Unions, _ jobs: Jobs) async throws {
        while try await jobs.connections < Self.poolSize + 1 {
            _ = await unions.foundAll(100..<116, tasks: 8)
            try Task.checkCancellation()
        }
    }
}

/// The jobs of a daemon, as a superuser of one of its servers sees them.
private struct Jobs {
    static let queue = "standing"
    let session: Connection

    /// Enqueues a job that looks at `relief.case_step`.
    func enqueue() async throws -> Int64 {
        try await session.value(
            """
            INSERT INTO jobs.job (kind, queue, stage, run_at, max_attempts, created_at)
            VALUES ('case.markOverdue', \(Self.queue), 'ready', now(), 5, now()) RETURNING id
            """)
    }

    /// Returns when a job has been claimed and stands before somebody's lock.
    func untilStuck(_ job: Int64) async throws {
        try await until(
            """
            SELECT FROM jobs.job WHERE id = \(job) AND owner IS NOT NULL AND EXISTS (
                SELECT FROM pg_locks WHERE relation = 'relief.case_step'::regclass AND NOT granted)
            """)
    }

    func untilDone(_ job: Int64) async throws {
        try await until("SELECT FROM jobs.history WHERE id = \(job) AND outcome = 'done'")
    }

    /// How often each was done; those that lie dead, or wait once more, count for none.
    func runs(of jobs: [Int64]) async throws -> [Int] {
        var runs: [Int] = []
        for job in jobs {
            runs.append(
                try await session.value("SELECT count(*) FROM jobs.every WHERE id = \(job) AND state = 'done'"))
            #expect(try await session.value("SELECT count(*) FROM jobs.every WHERE id = \(job)") == 1)
        }
        return runs
    }

    /// How many unions have this code here.
    func count(_ code: String) async throws -> Int {
        try await session.value("SELECT count(*) FROM relief.organisation WHERE code = \(code)")
    }

    /// How many sessions of the daemon are here: those of its pool, and its engine's.
    var connections: Int {
        get async throws {
            try await session.value("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'reliefd%'")
        }
    }

    /// Each try is a round trip; the time limit of the test ends them.
    private func until(_ sign: SQL) async throws {
        while try await !session.exists(sign) { try Task.checkCancellation() }
    }
}
