import BankFiles
import Contract
import Foundation
import Jobs
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// The silence of a standing order is seen: what it passes over, since when, and why.
@Suite(.database)
struct StandingWorkTests {
    private func folder() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "relief-bank-\(UUID().uuidString)")
    }

    private func names(_ folder: URL, _ name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)) ?? []).sorted()
    }

    private func passed(_ treasury: Treasury, _ schedule: String) async throws -> Contract.ScheduleView {
        let all = try await treasury.door.answer(ListSchedules(), as: treasury.office.admin).items
        return try #require(all.first { $0.name == schedule })
    }

    private func advice(_ references: [String], stated: Int? = nil) -> Data {
        let entries = references.map {
            BankAnswerTests.entry(
                "DBIT", bank: "T-\($0.prefix(6))", details: BankAnswerTests.details(reference: $0, direction: "DBIT"))
        }.joined()
        let summary = stated.map { "<TxsSummry><TtlNtries><NbOfNtries>\($0)</NbOfNtries></TtlNtries></TxsSummry>" }
        return BankAnswerTests.camt((summary ?? "") + entries, id: "M1")
    }

    @Test func `a file that is still being written waits and is seen, and is taken in once it is whole`() async throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let treasury = try await Treasury.open(cases: 2, bankFolder: folder)
        let references = try await treasury.payments(treasury.run(.filed)).map(\.reference)
        let whole = advice(references)
        let inbox = folder.appending(path: "from-bank")
        try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
        try whole.prefix(whole.count / 2).write(to: inbox.appending(path: "1.xml"))
        try advice([references[0]]).write(to: inbox.appending(path: "2.xml"))
        #expect(try await treasury.door.perform(ImportInbox(), as: .system).count == 1, "it holds up no other")
        #expect(names(folder, "from-bank") == ["1.xml"] && names(folder, "refused").isEmpty)
        #expect(!ImportInbox.hasWork(at: treasury.door), "unchanged, it makes no rounds")
        let seen = try await passed(treasury, "bank.inbox")
        #expect(seen.passedOver == 1 && seen.because?.first?.en.contains("1.xml isn't whole yet") == true)

        try whole.write(to: inbox.appending(path: "1.xml"))
        #expect(ImportInbox.hasWork(at: treasury.door))
        #expect(try await treasury.door.perform(ImportInbox(), as: .system).count == 1)
        #expect(try await treasury.payment(references[1]).state == .booked)
        #expect(names(folder, "from-bank").isEmpty && names(folder, "waiting").isEmpty)
        #expect(try await passed(treasury, "bank.inbox").passedOver == nil)
    }

    @Test func `a file whose own count or sum is of more than it has waits, and by hand is refused with both`()
        async throws
    {
        let folder = folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let treasury = try await Treasury.open(cases: 1, bankFolder: folder)
        let references = try await treasury.payments(treasury.run(.filed)).map(\.reference)
        let inbox = folder.appending(path: "from-bank")
        try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
        try advice(references, stated: 3).write(to: inbox.appending(path: "1.xml"))
        #expect(try await treasury.door.perform(ImportInbox(), as: .system).count == 0)
        #expect(names(folder, "from-bank") == ["1.xml"])
        #expect(try await treasury.payment(references[0]).state == .sent)
        let refusal = await #expect(throws: Refusal.self) { try await treasury.take(advice(references, stated: 3)) }
        #expect(refusal?.message.contains("states 3 entries and has 1") == true)
        #expect(try await treasury.take(advice(references, stated: 1)).classes == ["booked": 1])
    }

    @Test func `a refused file is looked at again when somebody has changed it`() async throws {
        let folder = folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let treasury = try await Treasury.open(cases: 1, bankFolder: folder)
        let references = try await treasury.payments(treasury.run(.filed)).map(\.reference)
        let inbox = folder.appending(path: "from-bank")
        try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
        try Data("<html/>".utf8).write(to: inbox.appending(path: "1.xml"))
        _ = try await treasury.door.perform(ImportInbox(), as: .system)
        #expect(names(folder, "refused") == ["1.xml", "1.xml.reason"])
        #expect(!ImportInbox.hasWork(at: treasury.door))
        #expect(try await passed(treasury, "bank.inbox").because?.first?.zh.contains("已拒收") == true)
        let place = folder.appending(path: "refused/1.xml")
        try advice(references).write(to: place)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: 60)], ofItemAtPath: place.path)
        #expect(ImportInbox.hasWork(at: treasury.door))
        #expect(try await treasury.door.perform(ImportInbox(), as: .system).count == 1)
        #expect(names(folder, "refused").isEmpty && names(folder, "imported") == ["1.xml"])
    }

    @Test func `an award that nobody can be paid for is seen: in the case, in the schedule, in the figures`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 2)
        try await treasury.sabotage(
            """
            UPDATE relief.payee_account SET status = 'retired' WHERE person = (SELECT h.head FROM relief.household h
              JOIN relief.case_file c ON c.household = h.id WHERE c.number = '\(treasury.cases[0])')
            """)
        #expect(try await treasury.door.perform(PrepareDueRuns(), as: .system).count == 1)
        treasury.office.clock.set(Day("2026-07-06")!.start())
        let seen = try await passed(treasury, "runs.daily")
        #expect(seen.passedOver == 1 && seen.passedOverSince == Day("2026-07-01")!.start())
        #expect(seen.because?.first?.en.contains("no account of the payee's") == true)
        let shown = try await treasury.door.answer(ShowCase(case: treasury.cases[0]), as: treasury.office.worker)
        #expect(shown.warnings.contains { $0.en.contains("no active account") })
        let figures = try await Database.current.appPool.transaction { transaction in
            try await StandingWorkFigures.look(bankFolder: nil, now: treasury.office.clock.now(), in: transaction)
        }
        #expect(
            figures.contains {
                $0.metric == "relief_standing_passed_over" && $0.label?.value == "runs.daily" && $0.level == 1
            })
    }

    @Test func `whoever pays nothing isn't told that nobody can be paid; whoever pays is, before anybody decides`()
        async throws
    {
        let desk = try await Desk.open()
        let home = try await desk.home(1)
        func warnings(_ programme: String, _ facts: [String: JSONValue]) async throws -> [String] {
            let opened = try await desk.door.perform(
                OpenCase(programme: programme, organisation: "XN", household: home.number, facts: facts),
                as: desk.office.worker)
            return opened.warnings.map(\.en).filter { $0.contains("Nobody can be paid yet") }
        }
        #expect(try await warnings("P01", RealInputTests.family).isEmpty)
        #expect(try await warnings("P02", ["situation": .string("突发疾病")]).count == 1)
    }

    @Test func `a clock that went back shows in the log's own times`() async throws {
        let office = try await Office.open()
        func behind() async throws -> Double {
            try await Database.current.appPool.transaction { transaction in
                try await ClockBehind.seconds(now: office.clock.now(), in: transaction)
            }
        }
        #expect(try await behind() == 0)
        office.clock.set(office.clock.now().addingTimeInterval(-2 * 86_400))
        #expect(try await behind() == 2 * 86_400)
    }
}
