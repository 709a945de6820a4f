import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing

/// The life of a case as a law of the database, whoever moves it; and the program, which moves cases in one place.
///
/// The database is put into states that no operation makes: it isn't checked afterwards.
@Suite(.database(isChecked: false))
struct CaseLawTests {
    @Test func `the moves of a case are the same in program and database, and lead to every state that there is`()
        async throws
    {
        let rows = try await Database.current.pool.withConnection {
            try await $0.query(#"SELECT "from", "to", requires FROM relief.case_move"#)
        }
        let moves = try rows.map { row in
            CaseMove(
                try row["from"], try row["to"],
                requires: try (row["requires"] as String?).map { try #require(CaseNeed(rawValue: $0)) })
        }
        #expect(Set(moves) == CaseLife.moves && rows.count == CaseLife.moves.count)
        #expect(Set(CaseLife.moves.map(\.to)) == Set(CaseState.allCases))
    }

    @Test func `G15: the database takes a case from a state to each that follows, and to no other`() async throws {
        let ground = try await Ground.open()
        for from in CaseState.allCases {
            for to in CaseState.allCases where to != from {
                let move = CaseLife.moves.first { $0.from == from && $0.to == to }
                let word = try await ground.word(on: from, to, before: move?.requires.map { Ground.given[$0] ?? "" })
                #expect(word == (move == nil ? "RR033" : "passed"), "from \(from) to \(to)")
            }
        }
        await ground.close()
    }

    @Test func `G15: what a move requires must be there`() async throws {
        let ground = try await Ground.open()
        for move in CaseLife.moves {
            guard let from = move.from, let need = move.requires else { continue }
            let word = try await ground.word(on: from, move.to, before: Ground.taken[need])
            #expect(word == (need == .followUp ? "RR007" : "RR034"), "from \(from) to \(move.to)")
        }
        await ground.close()
    }

    @Test func `a case is born as a draft of which nothing is decided, and as nothing else`() async throws {
        let ground = try await Ground.open()
        for state in CaseState.allCases {
            #expect(try await ground.word(onBirth: state) == (state == .draft ? "passed" : "RR033"), "\(state)")
        }
        for mark in ["round", "rule_passed_at", "submitted_by"] {
            #expect(try await ground.word(onBirth: .draft, with: mark) == "RR034", "\(mark)")
        }
        await ground.close()
    }

    @Test(arguments: [
        "UPDATE relief.case_file SET step = 2",
        "UPDATE relief.case_file SET step = 3", "UPDATE relief.case_file SET step = NULL",
        """
        UPDATE relief.case_step SET state = 'done' WHERE ordinal < 3;
        UPDATE relief.case_step SET state = 'open' WHERE ordinal = 3;
        UPDATE relief.case_file SET step = 3
        """,
    ])
    func `G15: a case leaves no step of its chain out`(sql: String) async throws {
        let desk = try await Desk.open()
        _ = try await desk.submitted(try await desk.archivedHome(1).child)
        #expect(await desk.law { try await $0.script(sql) } == "RR035")
    }

    @Test func `what the law of moves refuses is told in both languages`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let number = treasury.cases[0]
        for (state, en, zh) in [
            ("draft", "can't go from awarded to draft", "不能由“已批准”转为“草稿”"),
            ("followUp", "part of its award is still to be paid", "仍有款项未发放"),
        ] {
            let refusal = try await #require(throws: Refusal.self) {
                try await treasury.sabotage("UPDATE relief.case_file SET state = '\(state)'")
            }
            #expect(refusal.code == .conflict && refusal.message.hasPrefix("Case \(number) "), "\(refusal)")
            #expect(refusal.message.contains(en) && refusal.phrase.zh.contains(zh), "\(refusal)")
        }
        let early = try await #require(throws: Refusal.self) {
            try await treasury.door.perform(
                CloseCase(case: number, outcome: .completed, note: "完"), as: treasury.office.worker)
        }
        #expect(early.message.contains("must be draft or returned or in follow-up"), "\(early)")
        #expect(early.phrase.zh == "案件\(number)目前为“已批准”：只有“草稿”或“已退回”或“回访中”的案件才能结案。")
    }

    @Test func `a case that moved since it was read is not moved from where it no longer stands`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let refusal = try await #require(throws: Refusal.self) {
            try await treasury.door.perform(SuspendLate(number: treasury.cases[0]), as: .system)
        }
        #expect(refusal.code == .conflict && refusal.message.contains("no longer awarded"))
        #expect(refusal.phrase.zh.contains("已不是“已批准”"))
    }

    @Test func `many are moved at once: those alone that stand where the move begins`() async throws {
        let treasury = try await Treasury.open(cases: 3)
        let (door, number) = (treasury.door, treasury.cases[0])
        _ = try await door.perform(SuspendCase(case: number, reason: "待核实"), as: treasury.office.worker)
        #expect(try await door.perform(SuspendAll(), as: .system).count == 2)
        #expect(try await treasury.count("SELECT count(*) FROM relief.case_file WHERE state = 'suspended'") == 3)
    }

    @Test func `an award that is stopped while it is suspended leads to follow-up`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.awarded(try await desk.archivedHome(1).child)
        _ = try await desk.door.perform(SuspendCase(case: number, reason: "待核实"), as: desk.office.worker)
        let stopped = try await desk.door.perform(StopAward(case: number, reason: "学生退学"), as: desk.office.worker)
        #expect(stopped.state == .followUp && stopped.step == "followUp")
    }
}

/// A case that has all that any move requires, and a superuser who puts it where he likes, past all laws, before it is moved
/// under them; each time it is taken back.
private struct Ground {
    let superuser: Connection

    static func open() async throws -> Ground {
        let treasury = try await Treasury.open(cases: 1)
        _ = try await treasury.run(.prepared)
        let superuser = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        try await superuser.script(
            """
            SET session_replication_role = replica;
            INSERT INTO relief.decision (id, case_id, step, kind, outcome, decided_by, reason, sheet, version, inputs, trace, decided_at)
            SELECT gen_random_uuid(), c.id, 1, 'review', o.outcome, c.opened_by, 'x', c.sheet, c.programme_version, '{}', '{}', c.opened_at
            FROM relief.case_file c, unnest(ARRAY['return', 'reject']) AS o (outcome);
            INSERT INTO relief.archive (id, household, case_id, level, archived_on, retest_on)
            SELECT gen_random_uuid(), c.household, c.id, 'deep', '2026-07-01', '2027-07-01' FROM relief.case_file c;
            INSERT INTO relief.follow_up (id, case_id, done_on, manner, finding, recorded_by, recorded_at)
            SELECT gen_random_uuid(), c.id, '2026-07-01', 'phone', 'x', u.id, c.opened_at
            FROM relief.case_file c, relief.app_user u WHERE u.login = 'worker2';
            SET session_replication_role = origin;
            """)
        return Ground(superuser: superuser)
    }

    func close() async { await superuser.close() }

    /// What isn't there together with what other moves require.
    static let given: [CaseNeed: String] = [
        .nothingDue: "UPDATE relief.instalment SET state = 'paid'",
        .failedPayment: "UPDATE relief.instalment SET state = 'failed'",
    ]
    /// How what a move requires is taken away.
    static let taken: [CaseNeed: String] = [
        .submission: "DELETE FROM relief.decision WHERE kind = 'submit'",
        .return: "DELETE FROM relief.decision WHERE outcome = 'return'",
        .rejection: "DELETE FROM relief.decision WHERE outcome = 'reject'",
        .award: "DELETE FROM relief.award", .archive: "DELETE FROM relief.archive",
        .payment: "DELETE FROM relief.payment", .nothingDue: "UPDATE relief.instalment SET state = 'due'",
        .failedPayment: "UPDATE relief.instalment SET state = 'paid'", .followUp: "DELETE FROM relief.follow_up",
    ]

    /// What the database says to a case in one state that is put into another.
    func word(on from: CaseState, _ to: CaseState, before statement: String?) async throws -> String {
        try await word(
            arranging: """
                UPDATE relief.case_file SET \(Self.columns(from)), approved_at = NULL; \(statement ?? "")
                """, then: "UPDATE relief.case_file SET \(Self.columns(to))")
    }

    /// What it says to another case that begins in a state, and with what the first has there.
    func word(onBirth state: CaseState, with mark: String? = nil) async throws -> String {
        let marks = mark.map { (", \($0)", ", c.\($0)") } ?? ("", "")
        let end = state == .closed ? "c.opened_at, c.opened_by, 'completed'" : "NULL, NULL, NULL"
        return try await word(
            arranging: "UPDATE relief.case_file SET round = 2",
            then: """
                INSERT INTO relief.case_file (id, number, programme_version, programme, org_id, org_path, household, period,
                  state, facts, opened_by, opened_at, closed_at, closed_by, outcome\(marks.0))
                SELECT gen_random_uuid(), 'XN-C2026-9999', c.programme_version, c.programme, c.org_id, c.org_path, c.household,
                  'another', '\(state.rawValue)', '{}', c.opened_by, c.opened_at, \(end)\(marks.1) FROM relief.case_file c
                """)
    }

    private static func columns(_ state: CaseState) -> String {
        let isClosed = state == .closed
        return """
            state = '\(state.rawValue)', closed_at = \(isClosed ? "opened_at" : "NULL"),
            closed_by = \(isClosed ? "opened_by" : "NULL"), outcome = \(isClosed ? "'completed'" : "NULL")
            """
    }

    private func word(arranging arrangement: String, then statement: String) async throws -> String {
        struct TakenBack: Error {}
        do {
            try await superuser.transaction { transaction in
                try await transaction.script(
                    """
                    SET LOCAL session_replication_role = replica; \(arrangement);
                    SET LOCAL session_replication_role = origin;
                    SELECT set_config('relief.event', '\(UUID().uuidString)', true);
                    """)
                try await transaction.execute(SQL(unescaped: statement))
                throw TakenBack()
            }
            return "kept"
        } catch is TakenBack {
            return "passed"
        } catch let error as PostgresError where error.sqlState != nil {
            return error.constraint ?? error.sqlState ?? ""
        }
    }
}

/// Suspends a case that somebody else suspended after it was read.
private struct SuspendLate: SystemCommand {
    typealias Reply = WorkDone
    static let name = "test.suspendLate"
    static let summary = Phrase("Moves a case twice for tests.", "试验。")
    let number: String

    func execute(in context: CommandContext) async throws -> WorkDone {
        let file = try await CaseFile.find(number, in: context)
        try await context.transaction.execute("UPDATE relief.case_file SET state = 'suspended' WHERE id = \(file.id)")
        try await file.move(to: .suspended, in: context)
        return WorkDone(count: 1)
    }
}

/// Suspends all cases that are awarded.
private struct SuspendAll: SystemCommand {
    typealias Reply = WorkDone
    static let name = "test.suspendAll"
    static let summary = Phrase("Moves all cases for tests.", "试验。")

    func execute(in context: CommandContext) async throws -> WorkDone {
        let all: [UUID] = try await context.transaction.query("SELECT id FROM relief.case_file").map { try $0["id"] }
        return WorkDone(
            count: try await CaseLife.move(all, from: [.awarded], to: .suspended, in: context).count)
    }
}
