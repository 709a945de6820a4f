import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// Cases and archives from files.
@Suite(.database)
struct CaseImportTests {
    private static let header = "编号,学段,学校,全日制,新生,学费,定向生、免费师范生或军校生,已获政府或社会资助\n"

    private func bring(
        _ desk: Desk, _ lines: [String], _ mode: ImportMode, header: String = header, submit: Bool = false
    ) async throws -> ImportReport {
        try await desk.door.perform(
            ImportCases(
                programme: "P04", organisation: "XN", csv: header + lines.joined(separator: "\n"), mode: mode,
                submit: submit), as: desk.office.worker)
    }

    private func line(_ who: String) -> String { "\(who),college,青海大学,是,否,\"4,800.00\",否,否" }

    @Test func `each good row is a case with its facts`() async throws {
        let desk = try await Desk.open()
        let homes = [try await desk.archivedHome(1), try await desk.archivedHome(2)]
        let report = try await bring(desk, homes.map { line($0.child.number) }, .all)
        #expect(
            report.problems.isEmpty && report.accepted == 2 && report.created == ["XN-C2026-0001", "XN-C2026-0002"])
        let file = try await desk.show(report.created[1])
        #expect(file.facts["tuition"] == .int(480_000) && file.facts["full_time"] == .bool(true))
        #expect(file.subject.number == homes[1].child.number && file.state == .draft)
    }

    @Test func `a student is found by identity number, masked in the report when not`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let header = Self.header.replacing("编号", with: "身份证号")
        let report = try await bring(
            desk, [line(Desk.student(1_001)), line(Desk.student(999)), line("63010219990101")], .valid, header: header)
        #expect(report.created.count == 1 && report.refused == 2)
        #expect(try await desk.show(report.created[0]).subject.number == home.child.number)
        let text = String(decoding: try JSON.encode(report), as: UTF8.self)
        #expect(!text.contains(Desk.student(999)) && report.problems.map(\.line) == [3, 4])
        #expect(report.problems.allSatisfy { $0.column == "身份证号" && !$0.advice.zh.isEmpty })
        #expect(report.problems[0].value == Mask.identity(Desk.student(999)))
    }

    @Test func `all or nothing: with one problem nothing is made, and each problem has its line and column`()
        async throws
    {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let lines = [
            line(home.child.number), line("XN-P009999"), "\(home.head.number),college,青海大学,也许,否,很多,否,否",
        ]
        let report = try await bring(desk, lines, .all)
        #expect(report.accepted == 0 && report.created.isEmpty && report.fates == [.new, .refused, .refused])
        #expect(report.problems.map { "\($0.line) \($0.column)" } == ["3 编号", "4 全日制", "4 学费"], "\(report.problems)")
        #expect(report.problems[1].value == "也许")
        #expect(try await desk.door.answer(ListCases(), as: desk.office.worker).items.isEmpty)
        // What was taken back leaves no trace in the log either.
        let log = try await desk.door.answer(ShowAuditLog(command: "case.import"), as: desk.office.admin)
        #expect(log.items[0].subjects == ["XN"])
        // The numbers were given back too.
        let good = try await bring(desk, lines, .valid)
        #expect(good.created == ["XN-C2026-0001"] && good.refused == 2)
    }

    @Test func `a second import of the same file makes nothing twice`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let lines = [line(home.child.number), line(home.child.number)]
        let first = try await bring(desk, lines, .valid)
        #expect(first.created.count == 1 && first.problems.isEmpty && first.fates == [.new, .same])
        let second = try await bring(desk, lines, .valid)
        #expect(second.created.isEmpty && second.problems.isEmpty && second.refused == 0)
        #expect(second.outcomes.map(\.number) == [first.created[0], first.created[0]])
        // Another school: the case stays as it is, and the report says so.
        let third = try await bring(desk, [lines[0].replacing("青海大学", with: "西宁大学")], .all)
        #expect(third.fates == [.differs] && third.problems.map(\.column) == ["学校"] && third.created.isEmpty)
        #expect(third.problems[0].problem.en.contains(first.created[0]) && third.problems[0].value == "西宁大学")
        #expect(try await desk.door.answer(ListCases(), as: desk.office.worker).items.count == 1)
    }

    @Test func `submitting at once leaves out what isn't complete`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let report = try await bring(desk, [line(home.child.number)], .valid, submit: true)
        #expect(report.created.isEmpty && report.problems[0].advice.en.contains("在校证明"), "\(report.problems)")
        #expect(try await desk.door.answer(ListCases(), as: desk.office.worker).items.isEmpty)
    }

    @Test func `a column that the programme doesn't know is refused`() async throws {
        let desk = try await Desk.open()
        let refusal = try await desk.refusal { try await bring(desk, ["x,y"], .all, header: "编号,星座\n") }
        #expect(refusal.field == "csv" && refusal.message.contains("星座"))
        let missing = try await desk.refusal { try await bring(desk, ["y"], .all, header: "学校\n") }
        #expect(missing.message.contains("编号"))
    }

    private func archives(_ desk: Desk, _ lines: [String], _ mode: ImportMode = .valid) async throws -> ImportReport {
        try await desk.door.perform(
            ImportArchives(
                organisation: "XN", csv: "户号,级别,建档日期,国家档案号\n" + lines.joined(separator: "\n"), mode: mode),
            as: desk.office.approver)
    }

    @Test func `archives of the national system are taken over once`() async throws {
        let desk = try await Desk.open()
        let (one, two) = (try await desk.home(1), try await desk.home(2))
        let lines = ["\(one.number),深度,2025-03-01,QG1", "\(two.number),accident,2026-06-30,QG2"]
        let report = try await archives(desk, lines)
        #expect(report.created == [one.number, two.number] && report.problems.isEmpty)
        let view = try await desk.door.answer(ShowHousehold(household: one.number), as: desk.office.worker)
        #expect(view.archive?.level == .deep && view.archive?.from == Desk.day("2025-03-01"))
        #expect(view.archive?.nationalNumber == "QG1" && view.archive?.caseNumber == nil)
        let again = try await archives(desk, lines)
        #expect(again.created.isEmpty && again.problems.isEmpty && again.fates == [.same, .same])
        let other = try await archives(desk, ["\(one.number),相对,2025-03-01,QG1", "\(one.number),深度,2025-03-01,QG9"])
        #expect(other.fates == [.differs, .refused] && other.problems.map(\.column) == ["级别", "户号"])
    }

    @Test func `an archive row is refused for its level, day, household or number, and nothing of it stays`()
        async throws
    {
        let desk = try await Desk.open()
        let home = try await desk.home(1)
        let report = try await archives(
            desk,
            [
                "\(home.number),很深,2027-01-01,QG1", "XN-H009999,deep,2025-01-01,QG2", "\(home.number),,2025-01-01,QG3",
            ])
        #expect(
            report.problems.map { "\($0.line) \($0.column)" } == ["2 级别", "2 建档日期", "3 户号", "4 级别"],
            "\(report.problems)")
        let whole = try await archives(
            desk, ["\(home.number),deep,2025-01-01,QG4", "XN-H009999,deep,2025-01-01,QG5"], .all)
        #expect(whole.created.isEmpty)
        let view = try await desk.door.answer(ShowHousehold(household: home.number), as: desk.office.worker)
        #expect(view.archive == nil)
    }

    @Test func `F01: a member who stands in another archive, wherever, refuses the second, and isn't told where`()
        async throws
    {
        let desk = try await Desk.open()
        _ = try await desk.archivedHome(1)
        // The same child, registered by another city in a household of its own.
        let other = try await desk.promote("worker.hd", uid: 4_013, to: .approver, in: "HD")
        let twin = try await desk.person(1_001, union: "HD", by: other)
        let home = try await desk.door.perform(
            OpenHousehold(organisation: "HD", head: twin.number, members: []), as: other)
        let report = try await desk.door.perform(
            ImportArchives(
                organisation: "HD", csv: "户号,级别,建档日期,国家档案号\n\(home.number),deep,2025-03-01,QG9\n", mode: .valid),
            as: other)
        #expect(report.created.isEmpty && report.problems[0].problem.en.contains("waits for confirmation"))
        #expect(!"\(report)".contains("XN"))
        // The province, above both cities, is asked.
        let asked = try await desk.door.answer(ListConfirmations(), as: desk.office.admin).items
        #expect(asked.map(\.kind) == [.archive] && asked[0].asked == home.number && asked[0].above == "QH")
        let law = await desk.law {
            try await $0.execute(
                """
                INSERT INTO relief.archive (id, household, source, level, archived_on, retest_on)
                SELECT gen_random_uuid(), h.id, 'X', 'deep', \(desk.office.clock.now()), '2027-01-01'
                FROM relief.household h WHERE h.number = \(home.number)
                """)
        }
        #expect(law == "RR012")
    }
}
