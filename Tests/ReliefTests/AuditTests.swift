import Contract
import Crypto
import Foundation
import Postgres
@testable import Relief
import Support
import Synchronization
import Testing
import WorkingDays
import TransparencyLog

/// G12: one leaf per committed command, in an order that respects real time, under a signature.
@Suite(.database)
struct AuditTests {
    private func sealer(_ office: Office) -> Sealer {
        Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock)
    }

    private func register(_ office: Office, _ seed: UInt64) async throws -> PersonView {
        var made = Synthetic(seed: seed)
        return try await office.door.perform(
            RegisterPerson(name: made.name(), idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
    }

    private func count(_ statement: SQL) async throws -> Int64 {
        try await Database.current.pool.transaction { transaction in
            try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
            return try await transaction.value(statement)
        }
    }

    @Test func `what another daemon sealed is published in one's own folder, too, with nothing of one's own to seal`()
        async throws
    {
        let office = try await Office.open()
        let folder = FileManager.default.temporaryDirectory.appending(path: "relief-log-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = try AuditLog(
            directory: folder, origin: office.auditLog.origin,
            key: Curve25519.Signing.PrivateKey(rawRepresentation: Data(repeating: 9, count: 32)))
        let (here, there) = (
            sealer(office), Sealer(pool: Database.current.appPool, log: log, clock: office.clock)
        )
        try await here.seal()
        try await there.recover()
        for seed in UInt64(1)...3 {
            _ = try await register(office, seed)
            try await here.seal()
        }
        #expect(try await there.seal() == 0)
        #expect(try log.signedCheckpoint() == office.auditLog.signedCheckpoint())
        _ = try await register(office, 4)
        #expect(try await there.seal() == 1)
    }

    private struct Span {
        let number: String
        let began: Int
        let ended: Int
    }

    @Test
    func `G12: eight writers and a sealer: each command is one leaf, and what was acknowledged before stands before`()
        async throws
    {
        let office = try await Office.open()
        let sealer = sealer(office)
        let ticks = Mutex(0)
        let (writing, done) = AsyncStream.makeStream(of: Void.self)
        let tick: @Sendable () -> Int = {
            ticks.withLock {
                $0 += 1
                return $0
            }
        }
        let spans = try await withThrowingTaskGroup(of: [Span].self) { group in
            for writer in UInt64(0)..<8 {
                group.addTask {
                    var spans: [Span] = []
                    for turn in UInt64(0)..<12 {
                        let began = tick()
                        let person = try await self.register(office, 10_000 + writer * 100 + turn)
                        spans.append(Span(number: person.number, began: began, ended: tick()))
                        done.yield()
                    }
                    return spans
                }
            }
            group.addTask {
                // Seals while the others write: once for each thing that was written.
                for await _ in writing { try await sealer.seal() }
                return []
            }
            var spans: [Span] = []
            for _ in 0..<8 { spans += try await group.next() ?? [] }
            done.finish()
            try await group.waitForAll()
            return spans
        }
        try await sealer.seal()
        let places = try await places()
        let ordered = try spans.map { (try #require(places[$0.number]), $0) }
        for (index, span) in ordered {
            for (other, later) in ordered where span.ended < later.began {
                #expect(index < other, "\(span.number) was acknowledged before \(later.number) began")
            }
        }
        let events = try await count("SELECT count(*) FROM audit.event")
        #expect(try await count("SELECT count(*) FROM audit.event WHERE leaf_index < \(events)") == events)
        #expect(try await count("SELECT count(*) FROM relief.command_key WHERE answered IS NOT NULL") == events)
        let note = try #require(try office.auditLog.checkpoint())
        let signed = try CheckpointPolicy(logKeys: [NoteVerifier(vkey: office.auditLog.vkey)]).verify(note)
        #expect(Int64(signed.size) == events)
    }

    /// Leaf of the command that registered each person.
    private func places() async throws -> [String: Int] {
        try await Database.current.pool.transaction { transaction in
            let rows = try await transaction.query(
                """
                SELECT s.subject, e.leaf_index FROM audit.subject s JOIN audit.event e ON e.id = s.event
                WHERE e.command = 'person.register'
                """)
            return try Dictionary(uniqueKeysWithValues: rows.map { (try $0["subject"], try $0["leaf_index"]) })
        }
    }

    @Test func `G12: a refused command leaves no leaf, a forbidden one does`() async throws {
        let office = try await Office.open()
        _ = try await register(office, 1)
        let before = try await count("SELECT count(*) FROM audit.event")
        await #expect(throws: Refusal.self) { try await register(office, 1) }
        #expect(try await count("SELECT count(*) FROM audit.event") == before)
        let admin = GrantRole(user: "worker", role: .auditor, organisation: "XN")
        await #expect(throws: Refusal.self) { try await office.door.perform(admin, as: office.admin) }
        #expect(try await count("SELECT count(*) FROM audit.event") == before)
    }

    @Test func `the tree that was lost is made again from the database, with the same root`() async throws {
        let office = try await Office.open()
        for seed in UInt64(1)...5 { _ = try await register(office, seed) }
        try await sealer(office).seal()
        let note = try #require(try office.auditLog.checkpoint())
        try FileManager.default.removeItem(at: office.folder.appending(path: "log"))
        #expect(try await verify(office).findings.map(\.what) == ["checkpoint"])
        try await sealer(office).recover()
        #expect(try office.auditLog.checkpoint()?.encoded == note.encoded)
        #expect(try await verify(office).intact)
        _ = try await register(office, 6)
        #expect(try await sealer(office).seal() == 1)
        #expect(try await verify(office).intact)
    }

    @Test func `a crash between commit and publication is made good at the next start`() async throws {
        let office = try await Office.open()
        try await sealer(office).seal()
        let place = office.folder.appending(path: "log/checkpoint")
        let old = try Data(contentsOf: place)
        _ = try await register(office, 1)
        try await sealer(office).seal()
        let new = try Data(contentsOf: place)
        try old.write(to: place)
        #expect(try await verify(office).intact)
        try await sealer(office).recover()
        #expect(try Data(contentsOf: place) == new)
    }

    @Test func `G12: a database that doesn't know what is published signs and overwrites nothing`() async throws {
        let office = try await Office.open()
        try await sealer(office).seal()
        let place = office.folder.appending(path: "log/checkpoint")
        let published = try Data(contentsOf: place)
        // As after an older backup was restored.
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        try await connection.script(
            """
            SET session_replication_role = replica; DELETE FROM audit.checkpoint; UPDATE audit.event SET leaf_index = NULL
            """)
        await connection.close()
        _ = try await register(office, 1)
        await #expect(throws: LogFork.self) { try await sealer(office).seal() }
        await #expect(throws: LogFork.self) { try await sealer(office).recover() }
        #expect(try Data(contentsOf: place) == published)
        #expect(try await count("SELECT count(*) FROM audit.checkpoint") == 0)
    }

    @Test func `G12: an older checkpoint never takes the place of a newer one`() async throws {
        let office = try await Office.open()
        try await sealer(office).seal()
        let old = try #require(try office.auditLog.checkpoint())
        _ = try await register(office, 1)
        try await sealer(office).seal()
        let new = try #require(try office.auditLog.checkpoint())
        try office.auditLog.publish(old)
        #expect(try office.auditLog.checkpoint()?.encoded == new.encoded)
    }

    @Test func `a leaf holds no personal data, and its rows are proved with it`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 1)
        let (name, id) = (made.name(), made.idNumber())
        let person = try await register(office, 1)
        try await sealer(office).seal()
        let entry = try #require(
            try await office.door.answer(ShowAuditLog(subject: person.number), as: office.auditor).items.first)
        #expect(!entry.told.contains(name) && !entry.told.contains(id) && !entry.told.contains(String(id.suffix(4))))
        #expect(entry.actorName == "职员一" && entry.index != nil && entry.rows == 1)
        let proof = try await office.door.answer(ProveAudit(subject: person.number), as: office.auditor)
        #expect(proof.rows.count == 1 && proof.rows[0].hasPrefix("relief.person\t"))
        #expect(proof.index == entry.index)
        let shown = try await office.door.answer(ShowAuditEntry(index: proof.index), as: office.auditor)
        #expect(shown.leaf == proof.leaf)
        let nobody = try await #require(throws: Refusal.self) {
            try await office.door.answer(ShowAuditLog(), as: office.worker)
        }
        #expect(nobody.code == .forbidden)
    }

    @Test func `who asks the log about nobody is told so`() async throws {
        let office = try await Office.open()
        let person = try await register(office, 1)
        let wrong: [(ShowAuditLog, String)] = [
            (ShowAuditLog(subject: person.number + "0"), "subject"), (ShowAuditLog(actor: "who.ever"), "actor"),
            (ShowAuditLog(command: "person.registre"), "command"), (ShowAuditLog(limit: 0), "limit"),
        ]
        for (query, field) in wrong {
            let refusal = await #expect(throws: Refusal.self) {
                try await office.door.answer(query, as: office.auditor)
            }
            #expect(refusal?.field == field)
        }
        // What is there, and was never done by them, is an answer.
        let none = [
            ShowAuditLog(subject: person.number, command: "case.open"), ShowAuditLog(command: "case.open"),
            ShowAuditLog(subject: person.number, actor: "auditor"),
        ]
        for query in none {
            #expect(try await office.door.answer(query, as: office.auditor).items.isEmpty)
        }
    }

    private func verify(_ office: Office) async throws -> VerifyReport {
        try await office.door.answer(VerifyAudit(), as: office.admin)
    }
}
