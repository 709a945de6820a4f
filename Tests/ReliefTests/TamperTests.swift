import Contract
import Foundation
import Postgres
import Relief
import Support
import Testing

/// What somebody with every right on the database or the disk does behind the program's back is found, with its place.
@Suite(.database(isChecked: false))
struct TamperTests {
    struct Deed: CustomTestStringConvertible, Sendable {
        let name: String
        let statement: String
        let what: String
        let place: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Deed(
            name: "an edited row", statement: "UPDATE relief.person SET name = '王五' WHERE number = 'XN-P000001'",
            what: "row edited", place: "relief.person "),
        Deed(
            name: "an inserted row",
            statement: """
                INSERT INTO relief.user_grant SELECT gen_random_uuid(), u.id, 'cashier', o.id, o.path, 'x', now()
                FROM relief.app_user u, relief.organisation o WHERE u.login = 'nobody' AND o.code = 'XN'
                """, what: "row inserted", place: "relief.user_grant "),
        Deed(
            name: "a deleted row", statement: "DELETE FROM relief.person WHERE number = 'XN-P000001'",
            what: "row deleted", place: "relief.person "),
        Deed(
            name: "a restored row: what was deleted by a command is back",
            statement: """
                INSERT INTO relief.user_grant SELECT r.row_id::uuid, u.id, 'reviewer', o.id, o.path, 'x', now()
                FROM audit.row_digest r, relief.app_user u, relief.organisation o
                WHERE r.digest = 'deleted' AND u.login = 'nobody' AND o.code = 'XN'
                """, what: "row edited", place: "relief.user_grant "),
        Deed(
            name: "G16: an entry of the books edited",
            statement: "UPDATE ledger.transfer SET item = 'x', reference = 'y'", what: "row edited",
            place: "ledger.transfer "),
        Deed(
            name: "G12: a note's trigger dropped, and a row edited",
            statement: "DROP TRIGGER note_insert ON relief.person; UPDATE relief.person SET name = '王五'",
            what: "row edited", place: "relief.person "),
        Deed(
            name: "G12: a table no longer watched",
            statement: "DROP TRIGGER note_insert ON relief.visit", what: "table not watched", place: "relief.visit"),
        Deed(
            name: "G12: a note's trigger disabled",
            statement: "ALTER TABLE relief.visit DISABLE TRIGGER note_update", what: "table not watched",
            place: "relief.visit"),
        Deed(
            name: "a subject hidden", statement: "DELETE FROM audit.subject WHERE subject = 'XN-P000001'",
            what: "subjects", place: "audit.subject "),
        Deed(
            name: "a subject given to another",
            statement: "UPDATE audit.subject SET subject = 'XN-P000099' WHERE subject = 'XN-P000001'",
            what: "subjects", place: "audit.subject "),
        Deed(
            name: "G9: a law's trigger disabled",
            statement: "ALTER TABLE relief.payment DISABLE TRIGGER payment_rules", what: "guard",
            place: "relief.payment, trigger payment_rules"),
        Deed(
            name: "G16: row-level security switched off",
            statement: "ALTER TABLE relief.person DISABLE ROW LEVEL SECURITY", what: "guard", place: "relief.person"),
        Deed(
            name: "roles that were incompatible",
            statement: "DELETE FROM relief.incompatible_roles WHERE role = 'cashier'",
            what: "guard", place: "relief.incompatible_roles"),
        Deed(
            name: "a way to pay again", statement: "INSERT INTO relief.payment_move VALUES ('booked', 'sent')",
            what: "guard", place: "relief.payment_move"),
        Deed(
            name: "a way for a case to money without an award",
            statement: "UPDATE relief.case_move SET requires = NULL WHERE \"to\" = 'awarded'",
            what: "guard", place: "relief.case_move"),
        Deed(
            name: "an edited leaf",
            statement: "UPDATE audit.event SET leaf = leaf || '\\x20' WHERE command = 'person.register'",
            what: "event", place: "audit.event "),
        Deed(
            name: "an edited column of an event",
            statement: "UPDATE audit.event SET actor = 'x' WHERE command = 'person.register'", what: "event",
            place: "audit.event "),
        Deed(
            name: "a deleted event", statement: "DELETE FROM audit.event WHERE command = 'person.register'",
            what: "event", place: "audit.event"),
        Deed(
            name: "an edited note of a row",
            statement: "UPDATE audit.row_digest SET digest = repeat('0', 64) WHERE tbl = 'relief.person'",
            what: "row notes", place: "audit.row_digest of event "),
        Deed(
            name: "a row and its note edited together",
            statement: """
                UPDATE relief.person SET name = '王五' WHERE number = 'XN-P000001';
                UPDATE audit.row_digest d SET digest = audit.digest(to_jsonb(p)) FROM relief.person p
                WHERE d.row_id = p.id::text
                """, what: "row notes", place: "audit.row_digest of event "),
        Deed(
            name: "an older database: the last signature is gone",
            statement: "DELETE FROM audit.checkpoint WHERE size = (SELECT max(size) FROM audit.checkpoint)",
            what: "checkpoint", place: "audit.checkpoint"),
        Deed(
            name: "books out of balance", statement: "UPDATE ledger.account SET credits_posted = credits_posted + 5",
            what: "law broken", place: "ledger_"),
    ])
    func `it is found`(deed: Deed) async throws {
        let office = try await scene()
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        // As one does who doesn't want triggers to see it.
        try await connection.script("SET session_replication_role = replica; \(deed.statement)")
        await connection.close()
        let report = try await verify(office)
        #expect(!report.intact)
        #expect(
            report.findings.contains { $0.what == deed.what && $0.where.hasPrefix(deed.place) }, "\(report.findings)")
    }

    /// A fund, a person and a grant that was taken back, all sealed and intact.
    private func scene() async throws -> Office {
        let office = try await Office.open()
        var made = Synthetic(seed: 1)
        for _ in 0..<2 {
            _ = try await office.door.perform(
                RegisterPerson(name: made.name(), idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
        }
        _ = try await office.door.perform(
            GrantRole(user: "nobody", role: .reviewer, organisation: "XN"), as: office.admin)
        _ = try await office.door.perform(
            RevokeRole(user: "nobody", role: .reviewer, organisation: "XN"), as: office.admin)
        _ = try await office.door.perform(
            CreateFund(
                code: "F1", name: "帮扶资金", organisation: "XN", source: .upperUnion, year: 2026, items: [], bank: "某银行",
                accountNumber: "6228480000000001", accountHolder: "西宁市总工会"), as: office.finance)
        _ = try await office.door.perform(
            ReceiveMoney(fund: "F1", amount: Fen(100), on: office.today, reference: "R1"), as: office.finance)
        try await Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock).seal()
        let report = try await verify(office)
        #expect(report.intact && report.leaves > 20 && report.tables > 20 && report.rows > 20, "\(report.findings)")
        return office
    }

    private func verify(_ office: Office) async throws -> VerifyReport {
        try await office.door.answer(VerifyAudit(), as: office.admin)
    }

    @Test(arguments: ["tile/0", "tile/entries"])
    func `a changed file of the log is found`(kind: String) async throws {
        let office = try await scene()
        let folder = office.folder.appending(path: "log/\(kind)")
        for file in try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)) {
            guard let file = file as? URL, !file.hasDirectoryPath, var bytes = try? Data(contentsOf: file) else {
                continue
            }
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: file)
        }
        let report = try await verify(office)
        #expect(report.findings.contains { ["tile", "root"].contains($0.what) }, "\(report.findings)")
    }

    @Test func `an older folder, put in place of the log, hides no later leaf`() async throws {
        let office = try await scene()
        let (log, kept) = (office.folder.appending(path: "log"), office.folder.appending(path: "kept"))
        try FileManager.default.copyItem(at: log, to: kept)
        let added = try await office.door.perform(
            CreateUser(login: "later", name: "后来"), as: office.admin)
        try await Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock).seal()
        try FileManager.default.removeItem(at: log)
        try FileManager.default.moveItem(at: kept, to: log)
        #expect(try await verify(office).intact)
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        // A leaf that still reads as one and says of its rows what they are.
        try await connection.script(
            """
            SET session_replication_role = replica;
            UPDATE audit.event SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '"\(added.login)"', '"earlier"'), 'UTF8')
            WHERE leaf_index = (SELECT max(leaf_index) FROM audit.event)
            """)
        await connection.close()
        let report = try await verify(office)
        #expect(report.findings.map(\.what) == ["event", "subjects", "root"], "\(report.findings)")
    }

    @Test func `a command that was entered in the database in another's name is found, sealed or not`() async throws {
        let office = try await scene()
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        let row = try await connection.one(
            """
            SELECT leaf, mac, nextval('audit.event_seq') AS seq, count, digest FROM audit.event, audit.rows_digest(\(UUID()))
            WHERE command = 'person.register' LIMIT 1
            """)
        var leaf = try Leaf(decoding: row["leaf"])
        let mac: [UInt8] = try row["mac"]
        (leaf.event, leaf.seq, leaf.actor) = (UUID(), try row["seq"], office["approver"].user.uuidString.lowercased())
        (leaf.rows.count, leaf.rows.sha256) = (try row["count"], try row["digest"])
        (leaf.subjects, leaf.changes) = ([], [])
        try await connection.execute(
            """
            INSERT INTO audit.event (id, seq, at, command, actor, unions, leaf, mac)
            VALUES (\(leaf.event), \(leaf.seq), \(leaf.at), \(leaf.command), \(leaf.actor), \(leaf.unions ?? []),
              \(leaf.encoded()), \(mac))
            """)
        await connection.close()
        for _ in 1...2 {
            let report = try await verify(office)
            #expect(report.findings.map(\.what) == ["event"], "\(report.findings)")
            #expect(report.findings.first?.detail.contains("no daemon that has the keys") == true)
            try await Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock).seal()
        }
    }

    @Test func `an older checkpoint, put back, is found`() async throws {
        let office = try await scene()
        let place = office.folder.appending(path: "log/checkpoint")
        let old = try Data(contentsOf: place)
        for round in 1...2 {
            _ = try await office.door.perform(CreateUser(login: "later\(round)", name: "后来"), as: office.admin)
            try await Sealer(pool: Database.current.appPool, log: office.auditLog, clock: office.clock).seal()
        }
        #expect(try await verify(office).intact)
        try old.write(to: place)
        let report = try await verify(office)
        #expect(report.findings.map(\.what) == ["checkpoint"], "\(report.findings)")
    }

    @Test func `a checkpoint that its signature doesn't cover is found`() async throws {
        let office = try await scene()
        let place = office.folder.appending(path: "log/checkpoint")
        let text = try String(contentsOf: place, encoding: .utf8)
        let size = try #require(text.split(separator: "\n").dropFirst().first)
        try text.replacing("\n\(size)\n", with: "\n\(size)0\n").write(to: place, atomically: true, encoding: .utf8)
        let report = try await verify(office)
        #expect(report.findings.map(\.what).contains("checkpoint"))
    }

    @Test func `the books changed behind the program's back are found even where they balance`() async throws {
        let office = try await scene()
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        try await connection.script(
            """
            SET session_replication_role = replica;
            UPDATE ledger.account SET credits_posted = credits_posted + 5, debits_posted = debits_posted + 5
            """)
        await connection.close()
        let report = try await verify(office)
        #expect(report.findings.contains { $0.what == "law broken" && $0.where == "ledger_counters" })
    }
}
