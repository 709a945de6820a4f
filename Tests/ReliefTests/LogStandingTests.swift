import Contract
import Crypto
import Foundation
import Postgres
@testable import Relief
import Support
import Synchronization
import Testing
import TransparencyLog

/// What isn't sealed closes the door, and opens it again by itself; what was signed here and isn't known is never signed
/// a second time.
@Suite(.database(isChecked: false))
struct LogStandingTests {
    private struct Trouble: Error {}

    /// A standing on a clock that moves by hand.
    private static func standing() -> (LogStanding, pass: @Sendable (Int) -> Void) {
        let start = ContinuousClock.now
        let passed = Mutex(0)
        let standing = LogStanding(patience: .seconds(10)) { start + .seconds(passed.withLock { $0 }) }
        return (standing, { seconds in passed.withLock { $0 += seconds } })
    }

    @Test func `what waits longer than the patience closes the log, and the next look that seals opens it`()
        async throws
    {
        let (standing, pass) = Self.standing()
        #expect(standing.problem == nil && standing.unsealedSeconds == 0)
        standing.committed()
        pass(10)
        standing.committed()
        #expect(standing.problem == nil && standing.unsealedSeconds == 10)
        pass(1)
        let problem = try #require(standing.problem)
        #expect(problem.en.hasPrefix("The log has not been sealed for 11 seconds: the sealer waits"))
        #expect(problem.zh.hasPrefix("审计日志已有11秒未能封存"))
        await #expect(throws: Trouble.self) { try await standing.look { throw Trouble() } }
        #expect(standing.problem != nil)
        try await standing.look {
            // Committed while the look was under way: it has to wait for the next.
            standing.committed()
            #expect(standing.problem != nil)
        }
        #expect(standing.problem == nil)
        pass(11)
        #expect(standing.problem != nil)
        try await standing.look {}
        #expect(standing.problem == nil && standing.unsealedSeconds == 0)
    }

    @Test func `a look that hangs or fails closes the log, also where nothing was committed`() async throws {
        let (standing, pass) = Self.standing()
        try await standing.look {
            pass(11)
            #expect(standing.problem != nil)
        }
        #expect(standing.problem == nil)
        await #expect(throws: Trouble.self) { try await standing.look { throw Trouble() } }
        #expect(standing.problem == nil)
        pass(11)
        #expect(standing.problem != nil)
    }

    @Test func `G12: while the log is closed commands and disclosures are refused, queries and dry runs go on`()
        async throws
    {
        let (standing, pass) = Self.standing()
        let office = try await Office.open(standing: standing)
        pass(11)
        var made = Synthetic(seed: 1)
        let register = RegisterPerson(name: made.name(), idNumber: made.idNumber(), organisation: "XN")
        let refused = try await #require(throws: Refusal.self) {
            try await office.door.perform(register, as: office.worker, key: "k")
        }
        #expect(refused.code == .unavailable && refused.message.contains("has not been sealed"))
        _ = try await office.door.answer(ListPersons(), as: office.worker)
        _ = try await office.door.perform(register, as: office.worker, dryRun: true)
        let sealer = Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock)
        try await standing.look { try await sealer.seal() }
        // Nothing was kept of the refusal: the same key is good now.
        _ = try await office.door.perform(register, as: office.worker, key: "k")
        pass(11)
        let disclosure = try await #require(throws: Refusal.self) {
            try await office.door.answer(GetEvidence(evidence: UUID()), as: office.worker)
        }
        #expect(disclosure.code == .unavailable)
    }

    @Test func `the sealer's lock in strange hands is named with its session`() async throws {
        let office = try await Office.open()
        let thief = try await Connection.open(Database.current.appSettings, logger: quiet)
        let process: Int = try await thief.value("SELECT pg_backend_pid()")
        _ = try await thief.query("SELECT pg_advisory_lock(\(Int64(0x7265_6c69_6566_0001)))")
        let sealer = Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock)
        let refusal = try await #require(throws: Refusal.self) { try await sealer.seal() }
        #expect(refusal.message.contains("session \(process) of the database holds the sealer's lock"))
        await thief.close()
        #expect(try await sealer.seal() > 0)
    }

    @Test func `G12: an older folder beside an older database is known by the mark, and nothing is signed`()
        async throws
    {
        let office = try await Office.open(keepsMark: true)
        let sealer = Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock)
        try await sealer.seal()
        let first = try #require(try office.auditLog.keptMark())
        try FileManager.default.removeItem(at: office.folder.appending(path: "log"))
        // The database is older as well: it knows nothing of what was signed.
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        try await connection.script(
            """
            SET session_replication_role = replica; DELETE FROM audit.checkpoint; UPDATE audit.event SET leaf_index = NULL
            """)
        await connection.close()
        let fork = try await #require(throws: LogFork.self) { try await sealer.seal() }
        #expect(fork.phrase.en.hasPrefix("\(first.size) leaves of the log were signed here"))
        #expect(try office.auditLog.checkpoint() == nil)
        let (standing, _) = Self.standing()
        await #expect(throws: LogFork.self) { try await standing.look { try await sealer.seal() } }
        #expect(standing.problem == fork.phrase)
        // The operator goes on from the database; what was published stays aside.
        let aside = office.folder.appending(path: "aside")
        try office.auditLog.adopt(nil, movingAside: aside)
        try await standing.look { try await sealer.seal() }
        #expect(standing.problem == nil)
        #expect(try office.auditLog.keptMark() == office.auditLog.signedCheckpoint())
    }
}
