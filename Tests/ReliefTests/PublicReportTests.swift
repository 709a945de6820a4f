import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// Faults that users of other registries, calendars and rule engines reported in public, tried on this one.
@Suite(.database) struct PublicReportTests {
    private static let header = "户号,姓名,身份证号,手机,关系,户名,开户行,联行号,账号\n"

    private func roster(_ office: Office, _ text: String) async throws -> ImportReport {
        try await office.door.perform(
            ImportHouseholds(organisation: "XN", csv: text, mode: .all), as: office.worker)
    }

    /// tbar0970/jethro-pmm#441: a person who is known becomes a second one; an empty cell wipes out what is known.
    @Test(arguments: [0, 1, 2])
    func `a family of whom one is known takes in the others, and changes nothing of the known`(known: Int) async throws
    {
        let office = try await Office.open()
        var made = Synthetic(seed: 441)
        let people = (0..<3).map { _ in (made.idNumber(), made.phone()) }
        let before = try await office.door.perform(
            RegisterPerson(name: "马秀英", idNumber: people[known].0, phone: people[known].1, organisation: "XN"),
            as: office.worker)
        let names = (0..<3).map {
            $0 == known
                ? "马秀英" : "马\($0)秀".replacing("0", with: "甲").replacing("1", with: "乙").replacing("2", with: "丙")
        }
        let lines = (0..<3).map { "k1,\(names[$0]),\(people[$0].0),,\($0 == 0 ? "户主" : "子女"),,,,\n" }.joined()
        let report = try await roster(office, Self.header + lines)
        #expect(report.refused == 0 && report.accepted == 3, "\(report.problems)")
        let home = try await office.door.answer(ShowHousehold(household: report.created[0]), as: office.worker)
        #expect(home.members.count == 3 && home.members.contains { $0.person == before.number })
        let after = try await office.door.answer(ShowPerson(person: before.number), as: office.worker)
        #expect(after.phone == before.phone && after.household == home.number)
        #expect(try await office.door.answer(ListPersons(), as: office.worker).items.count == 3)
    }

    /// openfisca/openfisca-france#1859, WFP-VAM/prism-app#1135: a figure ends a day before its last day.
    @Test func `a figure holds on its last day, and no longer`() async throws {
        let desk = try await Desk.open()
        let (from, last) = (Desk.day("2026-08-01"), Desk.day("2026-08-31"))
        let view = try await desk.set(
            SetParameter(name: "refund_cap", region: "XN", from: from, to: last, value: "1", source: "试"))
        #expect(view.to == last)
        for (day, region) in [(last, "XN"), (last.adding(days: 1), "QH"), (from, "XN"), (from.adding(days: -1), "QH")] {
            let used = try await desk.bypass { transaction in
                let context = CommandContext(
                    transaction: transaction, principal: .system, now: desk.office.clock.now(), door: desk.door)
                return try await Parameters.inForce(["refund_cap"], at: "CN.QH.XN", on: day, in: context)["refund_cap"]
            }
            #expect(used?.region == region, "\(day)")
        }
    }

    /// uclouvain/osis#2670: a period whose first day is its last is refused.
    @Test func `a figure may hold for one day`() async throws {
        let desk = try await Desk.open()
        let day = Desk.day("2026-08-01")
        let one = SetParameter(name: "refund_cap", region: "XN", from: day, to: day, value: "1", source: "试")
        #expect(try await desk.set(one).to == day)
        #expect(
            try await desk.refusal { try await desk.door.perform(one, as: desk.office.programmes) }.code == .conflict)
    }

    private func set(_ desk: Desk, _ days: [(String, Bool)]) async throws {
        _ = try await desk.door.perform(
            SetCalendar(
                days: days.map { CalendarDay(day: Desk.day($0.0), working: $0.1, name: "试") }, source: "试"),
            as: desk.office.programmes)
    }

    private func count(_ desk: Desk, _ from: String, _ to: String) async throws -> Int {
        try await desk.door.answer(
            ShowCalendar(from: Desk.day(from), to: Desk.day(to)), as: desk.office.worker
        ).workingDays
    }

    /// vacanza/holidays#3293, rickar/cal#106: a Sunday that is worked (调休) isn't counted.
    @Test func `a Sunday that is worked is a working day, a Saturday that is off isn't off twice`() async throws {
        let desk = try await Desk.open()
        #expect(try await count(desk, "2026-10-02", "2026-10-12") == 7)
        // wilsonfreitas/R-bizdays#101: a holiday on a weekend is subtracted a second time.
        try await set(desk, [("2026-10-03", false), ("2026-10-11", true)])
        #expect(try await count(desk, "2026-10-02", "2026-10-12") == 8)
        #expect(try await count(desk, "2026-10-11", "2026-10-11") == 1)
    }

    /// bokmann/business_time#236: from a weekend on, the next working day is one too far; azuyalabs/yasumi#192: a span over
    /// the turn of the year ends in the past.
    @Test(arguments: [("2026-07-04", "2026-07-10"), ("2026-07-03", "2026-07-10"), ("2026-12-29", "2027-01-05")])
    func `a notice that is published on a day stands its five working days`(published: String, ends: String)
        async throws
    {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        desk.go(to: published)
        let notice = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "XN", cases: [number]), as: desk.office.worker)
        #expect(notice.endsOn == Desk.day(ends))
    }

    /// esqLABS/esqlabsR#1191: blank rows at the end abort the import; dimagi/commcare-hq#4371, awdeorio/mailmerge#156: blanks
    /// behind a column's name hide it; cidgoh/DataHarmonizer#41: the first row below the columns is lost.
    @Test func `blank rows, blanks around names and a title lose no row`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 1_191)
        let columns = "户号 ,\u{A0}姓名\u{3000},身份证号\u{200B}, 手机,关系\t,户名,开户行,联行号,账号 \n"
        let text =
            "西宁市困难职工花名册,,,,,,,,\n" + columns + "k1,马秀英,\(made.idNumber()),,户主,,,,\n"
            + "k2,韩国强,\(made.idNumber()),,户主,,,,\n" + String(repeating: ",,,,,,,,\n", count: 50)
        let report = try await roster(office, text)
        #expect(report.rows == 2 && report.accepted == 2 && report.created.count == 2, "\(report.problems)")
    }

    /// rubenarslan/formr.org#111: one cell is composed, another decomposed, and the same word is two; historyforge#435: two
    /// apostrophes make two people of one.
    @Test(arguments: [("José", "Jose\u{301}"), ("O’Connor", "O'Connor"), ("D'Arcy", "DʼArcy")])
    func `a name is the same however its signs are encoded`(registered: String, holder: String) async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 111)
        let person = try await office.door.perform(
            RegisterPerson(name: registered, idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
        let account = try await office.door.perform(
            RegisterAccount(owner: person.number, holder: holder, bank: "某银行", number: made.card(), kind: .card),
            as: office.worker)
        #expect(account.state == .active, "\(account.warnings)")
        #expect(
            try await office.door.answer(ListPersons(name: holder), as: office.worker).items.map(\.number) == [
                person.number
            ])
    }

    /// mc-zone/IDValidator#2: a number of 18 characters that lost three passes for one of the old ones, of another birthday.
    @Test(arguments: ["630102200705040", "630102201112310", "630102190105010"])
    func `fifteen digits that are a cut number are no old number`(cut: String) async throws {
        let refusal = #expect(throws: Refusal.self) { try IdentityNumber(cut) }
        #expect(refusal?.phrase.zh.contains("18位") == true, "\(String(describing: refusal))")
        #expect(try IdentityNumber("630102790312001").birthDay == Desk.day("1979-03-12"))
    }

    /// mikaello/norwegian-national-id-validator#307, alphagov/smart-answers#1443: who was born on 29 February has no birthday
    /// in most years.
    @Test(arguments: [("2025-02-28", 24), ("2025-03-01", 25), ("2024-02-28", 23), ("2024-02-29", 24)])
    func `who was born on 29 February is a year older from 1 March on`(day: String, age: Int) {
        #expect(Assessments.age(Desk.day("2000-02-29"), on: Desk.day(day)) == age)
    }
}
