import Contract
import Foundation
@testable import Relief
import Support
import Testing
import WorkingDays

/// Yes, no, and "can't be said yet": what isn't known, or can't be computed, is never one of the other two.
struct ThreeAnswersTests {
    private static func pack(
        rules: String = "[]", amount: String = "facts.cost",
        instalments: String = "{count: \"1\", first: {working_days: 1}}",
        intake: String = ""
    ) throws -> Pack {
        try Pack.load(
            """
            programme: T03
            version: 1
            title: 试
            kind: grant
            source: 测试
            subject: household
            needs_archive: {waived: 测试}
            once_per: "string(this_year)"
            \(intake)
            facts:
              cost: {title: 费用, type: fen}
              people: {title: 人数, type: int, optional: true}
            rules: \(rules)
            amount: "\(amount)"
            instalments: \(instalments)
            item: life
            funding: [ownFunds]
            steps:
              - {kind: approve, title: 审批, bands: [{people: 1}]}

            """)
    }

    private static func inputs(
        _ facts: [String: JSONValue], today: String = "2026-07-01", submitted: String? = nil
    ) -> AssessmentInputs {
        AssessmentInputs(
            today: Desk.day(today), submittedOn: submitted.map(Desk.day), facts: facts,
            household: [AssessmentInputs.Person(age: 40, relation: "head")], fees: [:], aidThisYear: 0, parameters: [:])
    }

    @Test func `a division by nobody is no yes: it can't be said, and why`() throws {
        let pack = try Self.pack(amount: "facts.cost / facts.people")
        let open = pack.assess(Self.inputs(["cost": 6_000, "people": 0]))
        #expect(open.answer == .unknown && open.amount == nil && open.plan.isEmpty)
        #expect(open.open.map(\.en) == ["the amount can't be computed: it divides by 0"])
        #expect(open.open.map(\.zh) == ["金额无法计算：除数为0"])
        #expect(pack.assess(Self.inputs(["cost": 6_000, "people": 2])).amount == Fen(3_000))
    }

    @Test func `an optional answer that isn't given is no no`() throws {
        let pack = try Self.pack(rules: "[{id: many, when: \"facts.people > 2\", says: 三人以上}]")
        let open = pack.assess(Self.inputs(["cost": 6_000]))
        #expect(open.answer == .unknown && open.rules.map(\.answer) == [.unknown])
        #expect(open.open.first?.en.contains("“人数” (people) is not answered yet") == true, "\(open.open)")
        #expect(pack.assess(Self.inputs(["cost": 6_000, "people": 2])).answer == .no)
        #expect(pack.assess(Self.inputs(["cost": 6_000, "people": 3])).answer == .yes)
    }

    @Test func `one rule that says no decides, whatever else isn't known`() throws {
        let pack = try Self.pack(
            rules:
                "[{id: many, when: \"facts.people > 2\", says: 三人以上}, {id: cheap, when: \"facts.cost < 5\", says: 便宜}]")
        #expect(pack.assess(Self.inputs(["cost": 6_000])).answer == .no)
    }

    @Test(arguments: [("8", 5, false), ("5", 5, true), ("0", 500, false), ("121", 50_000, false), ("-1", 500, false)])
    func `no part of a plan is nothing, and there are as many as were asked for`(
        count: String, fen: Int64, isPlanned: Bool
    ) throws {
        let pack = try Self.pack(instalments: "{count: \"\(count)\", first: {working_days: 1}}")
        let assessment = pack.assess(Self.inputs(["cost": .int(fen)]))
        #expect(assessment.answer == (isPlanned ? .yes : .unknown), "\(assessment.open)")
        #expect(assessment.plan.allSatisfy { $0.amount > .zero } && assessment.plan.isEmpty == !isPlanned)
    }

    @Test(
        arguments: [
            // 09-10 of the season in which the case came in: the intake of July, whenever it is approved.
            ("2026-08-01", nil, "2026-09-10"), ("2026-10-15", nil, "2026-09-10"),
            ("2027-01-20", "2026-10-20", "2026-09-10"),
            ("2027-07-01", nil, "2027-09-10"), ("2027-06-30", "2026-07-01", "2026-09-10"),
        ] as [(String, String?, String)])
    func `a day of the year is the one of the season that the case came in`(
        today: String, submitted: String?, due: String
    ) throws {
        let pack = try Self.pack(
            instalments: "{count: \"1\", first: 09-10}", intake: "intake: {opens: 07-01, closes: 10-31}")
        let plan = pack.assess(Self.inputs(["cost": 600], today: today, submitted: submitted)).plan
        #expect(plan.map { $0.on?.description } == [due])
        // Past at the approval, it is due at once, and not a year later.
        let day = Desk.day(today)
        let part = try #require(plan.first)
        #expect(part.dueOn(approvedOn: day, calendar: WorkingCalendar()) == max(Desk.day(due), day))
    }

    @Test func `amounts that rules read and reckon are shown in yuan`() throws {
        let pack = try Self.pack(rules: "[{id: r, when: \"facts.cost * 2 < 100000\", says: 上限}]")
        let because = pack.assess(Self.inputs(["cost": 6_000])).rules[0].because
        #expect(because == ["facts.cost * 2 (120.00元) < 100000, with facts.cost = 60.00元: true"], "\(because)")
    }

    @Test func `a let that bears a fact's name, and a kept answer that can't be read, are no yes`() throws {
        let text = """
            programme: T03
            version: 1
            title: 试
            kind: grant
            source: 测试
            subject: household
            needs_archive: {waived: 测试}
            once_per: "year"
            facts:
              cost: {title: 费用, type: fen}
              since: {title: 起始日期, type: date, optional: true}
            let:
              cost: "min(facts.cost, 600000)"
              year: "string(this_year)"
            rules:
              - {id: r, when: "cost > 0", says: 有费用}
              - {id: d, when: "has(facts.since)", says: 有日期}
            amount: "cost"
            item: life
            funding: [ownFunds]
            steps:
              - {kind: approve, title: 审批, bands: [{people: 1}]}

            """
        let pack = try Pack.load(text)
        let open = pack.assess(Self.inputs([:]))
        #expect(open.answer == .no && open.open.map(\.en) == ["“费用” (cost) is not answered yet"])
        #expect(pack.assess(Self.inputs(["cost": 5, "since": "2025-+3-01"])).answer == .no)
        // The year goes through a let, and stays the season's.
        let late = Self.inputs(["cost": 5, "since": "2025-03-01"], today: "2027-01-05", submitted: "2026-12-20")
        #expect(pack.assess(late).period == "2026" && pack.assess(late).answer == .yes)
    }

    @Test(arguments: ["facts.cost - 6000", "facts.cost - 7000", "0"])
    func `an amount of nothing is a no, with its reckoning`(amount: String) throws {
        let nothing = try Self.pack(amount: amount).assess(Self.inputs(["cost": 6_000]))
        #expect(nothing.answer == .no && nothing.amount == nil && nothing.rules.map(\.id) == ["amount"])
    }

    @Test func `what was asked of packs once is asked of kept ones still`() throws {
        let text = """
            programme: T03
            version: 1
            title: 试
            kind: grant
            source: 测试
            subject: household
            needs_archive: {waived: 测试}
            once_per: "string(this_year)"
            rules:
              - {id: r, when: "applicant.age < 26", says: 年龄}
            amount: "5"
            item: life
            funding: [ownFunds]
            steps:
              - {kind: approve, title: 审批, bands: [{people: 1}]}

            """
        #expect(throws: PackProblems.self) { try Pack.load(text) }
        #expect(try Pack.load(text, isKept: true).assess(Self.inputs([:])).answer == .unknown)
    }
}
