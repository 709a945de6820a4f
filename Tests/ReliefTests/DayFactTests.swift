import CEL
import Contract
import Foundation
import Support
import Testing
import WorkingDays

@testable import Relief

/// A date of a form is a civil day, from the cell or the command line to the rule and its replay.
struct DayFactTests {
    /// A pack with one date, one rule over it, and an amount in the fen that the expression gives.
    private func pack(when: String = "true", amount: String = "1", title: String = "发生日期") throws -> Pack {
        try Pack.load(
            """
            programme: T01
            version: 1
            title: 试
            kind: grant
            source: 测试
            subject: household
            needs_archive: {waived: 测试}
            once_per: "string(year(today))"
            facts:
              day: {title: \(title), type: date}
              name: {title: 姓名, type: string, optional: true}
            rules:
              - {id: day, when: "\(when)", says: 日期符合}
            amount: "\(amount)"
            item: life
            funding: [ownFunds]
            steps:
              - {kind: approve, title: 审批, bands: [{people: 1}]}

            """)
    }

    private func inputs(_ day: String, today: String = "2026-07-01", _ more: [String: JSONValue] = [:]) throws
        -> AssessmentInputs
    {
        let json: [String: JSONValue] = [
            "today": .string(today), "facts": ["day": .string(day)], "fees": [:], "aidThisYear": 0, "parameters": [:],
        ]
        return try JSON.decode(AssessmentInputs.self, from: JSON.encode(JSONValue.object(json.merging(more) { $1 })))
    }

    /// Of K7: it had year 2025 and month 12.
    @Test(
        arguments: [
            ("year(facts.day)", 2026), ("month(facts.day)", 1), ("day(facts.day)", 1), ("facts.day.year()", 2026),
            ("days_between(facts.day, today)", 181), ("months_between(facts.day, today)", 6),
            ("year(add_months(facts.day, 12))", 2027),
        ] as [(String, Int64)])
    func `1 January is of its own year, and its month is the first`(amount: String, is expected: Int64) throws {
        #expect(try pack(amount: amount).assess(inputs("2026-01-01")).amount == Fen(expected))
    }

    @Test(arguments: [
        ("facts.day <= today", true), ("facts.day == date('2026-01-01')", true),
        ("add_days(facts.day, -1) < date('2026-01-01')", true),
        ("facts.day > today", false), ("year(facts.day) == 2025", false),
    ])
    func `rules compare days, and say them as people write them`(when: String, holds: Bool) throws {
        let assessment = try pack(when: when).assess(inputs("2026-01-01"))
        #expect(assessment.eligible == holds && assessment.period == "2026")
        #expect(assessment.rules[0].because.joined().contains("2026-01-01"))
        #expect(!assessment.rules[0].because.joined().contains("T16:00"))
    }

    @Test(arguments: [
        "facts.day.getFullYear() == 2026", "facts.day < timestamp('2026-01-01T00:00:00Z')", "facts.day == '2026-01-01'",
    ])
    func `a rule that takes a day for an instant is refused when the pack is checked`(when: String) throws {
        #expect(throws: PackProblems.self) { try pack(when: when) }
    }

    @Test func `the archive's day can be asked for`() throws {
        let rule = try pack(when: "has(archive.since) && months_between(archive.since, today) >= 5")
        let archived = try inputs("2026-01-01", ["archive": ["level": "deep", "since": "2026-01-10"]])
        #expect(rule.assess(archived).eligible)
        #expect(try !rule.assess(inputs("2026-01-01")).eligible)
    }

    @Test func `working days are counted by the calendar that is kept with the case, years later too`() throws {
        let rule = try pack(
            when: "working_days_between(facts.day, today) == 5", amount: "working_days_between(facts.day, today)")
        let plain = try pack()
        #expect(rule.countsWorkingDays && !plain.countsWorkingDays)
        let calendar: JSONValue = [
            "holidays": .array((1...7).map { .string("2026-10-0\($0)") }), "extraWorkingDays": ["2026-10-10"],
        ]
        let kept = try inputs("2026-09-29", today: "2026-10-12", ["calendar": calendar])
        let replayed = try JSON.decode(AssessmentInputs.self, from: JSON.encode(kept))
        #expect(rule.assess(replayed).amount == Fen(5))
        let backwards = try inputs("2026-10-12", today: "2026-09-29", ["calendar": calendar])
        #expect(try rule.expressions.amount?.evaluate(backwards.bindings(rule)) == .int(-5))
    }

    @Test func `without the holidays of a year there is no count, and it says so`() throws {
        let rule = try pack(when: "working_days_between(facts.day, today) < 30")
        let calendar: JSONValue = ["holidays": ["2026-10-01"], "extraWorkingDays": []]
        let assessment = rule.assess(try inputs("2026-12-28", today: "2027-01-04", ["calendar": calendar]))
        #expect(assessment.answer == .unknown && assessment.rules[0].because.joined().contains("2027"))
    }

    /// As it was kept before there was a calendar in it.
    @Test func `inputs that were kept before are read, and their days are days`() throws {
        let golden = """
            {"aidThisYear":0,"archive":{"level":"deep","since":"2026-01-10"},"facts":{"day":"2026-01-01"},"fees":{},\
            "household":[{"age":40,"relation":"本人"}],"parameters":{},"today":"2026-07-01"}
            """
        let inputs: AssessmentInputs = try JSON.decode(from: Data(golden.utf8))
        #expect(inputs.calendar == nil)
        #expect(try pack(amount: "year(facts.day) * 100 + month(facts.day)").assess(inputs).amount == Fen(202_601))
        #expect(!String(decoding: try JSON.encode(inputs), as: UTF8.self).contains("calendar"))
    }

    @Test(arguments: ["2026-08-03", "2026/8/3", "2026年8月3日", "20260803", "２０２６／８／３"])
    func `a day that is typed is kept in one form`(text: String) throws {
        let pack = try pack()
        #expect(
            try pack.read(["day": .string(text), "name": .string(text)]) == [
                "day": "2026-08-03", "name": .string(text),
            ])
        #expect(try pack.facts[0].value(ofCell: text).get() == "2026-08-03")
    }

    @Test(arguments: ["2026-+8-03", "2026-02-30", "26-8-3", "+20260803", "x", "2026-08-03T00:00:00Z"])
    func `what is no day is kept in no form`(text: String) throws {
        let pack = try pack()
        #expect(throws: Refusal.self) { try pack.read(["day": .string(text)]) }
        #expect(throws: FactProblem.self) { try pack.facts[0].value(ofCell: text).get() }
    }

    @Test func `a spreadsheet's number is a day in a column of dates alone`() throws {
        let pack = try pack()
        #expect(try pack.facts[0].value(ofCell: "46237").get() == "2026-08-03")
        #expect(try pack.facts[1].value(ofCell: "46237").get() == "46237")
        #expect(throws: Refusal.self) { try pack.read(["day": "46237"]) }
        #expect(throws: Refusal.self) { try pack.read(["day": 46_237]) }
        #expect(try pack.read(["day": 20_260_803]) == ["day": "2026-08-03"])
    }

    @Test(arguments: [
        ("09-10", true), ("9-1", true), ("02-29", true), ("02-30", false), ("+9-10", false), ("09-+1", false),
        ("09-31", false),
        ("009-10", false), ("09-10-", false), ("-09-10", false), ("٠٩-١٠", false), ("13-01", false),
    ])
    func `a pack's day of the year is one`(text: String, isOne: Bool) {
        #expect((text.monthDay != nil) == isOne)
    }
}

/// Days on which something was done, as an office records them.
@Suite(.database)
struct ActDayTests {
    @Test func `a day that nobody can mean isn't recorded, of any act`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.submitted(home.child)
        let (worker, finance) = (desk.office.worker, desk.office.finance)
        for day in ["1936-08-03", "2026-07-02", "2025-06-30", "0206-07-01"].map(Desk.day) {
            let visit = try await desk.refusal {
                try await desk.door.perform(
                    RecordVisit(case: number, on: day, visitors: ["worker", "worker2"], findings: "属实"), as: worker)
            }
            let means = try await desk.refusal {
                try await desk.door.perform(RecordMeans(case: number, source: "民政", on: day, facts: [:]), as: worker)
            }
            #expect(visit.code == .invalid && visit.field == "on" && visit.phrase.zh.contains("\(day)"))
            #expect(means.code == .invalid && means.field == "on")
        }
        for day in ["1936-08-03", "2026-07-02"].map(Desk.day) {
            let death = try await desk.refusal {
                try await desk.door.perform(RecordDeath(person: home.head.number, on: day), as: worker)
            }
            let money = try await desk.refusal {
                try await desk.door.perform(
                    ReceiveMoney(fund: "F1", amount: Fen(1), on: day, reference: "R9"), as: finance)
            }
            #expect(death.field == "on" && money.field == "on")
        }
    }

    @Test(
        arguments: [
            ("2026年1月10日", nil), ("2026/1/10", nil), ("20260110", nil), ("46032", nil), ("2026/1/10 0:00:00", nil),
            ("2026-+1-10", "建档日期"), ("1936-08-03", "建档日期"), ("2026-07-02", "建档日期"), ("4603", "建档日期"),
        ] as [(String, String?)])
    func `an archive's day is read as sheets hold it`(cell: String, problem: String?) async throws {
        let desk = try await Desk.open()
        let home = try await desk.home(1)
        let report = try await desk.door.perform(
            ImportArchives(
                organisation: "XN", csv: "户号,级别,建档日期,国家档案号\n\(home.number),deep,\(cell),QG1\n", mode: .all),
            as: desk.office.approver)
        #expect(report.problems.first?.column == problem)
        if problem == nil {
            let shown = try await desk.door.answer(ShowHousehold(household: home.number), as: desk.office.worker)
            #expect(shown.archive?.from == Desk.day("2026-01-10"))
        }
    }
}
