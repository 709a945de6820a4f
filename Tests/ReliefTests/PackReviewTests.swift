import Contract
import Foundation
import Relief
import Testing

/// What the check of a pack finds before any case: reads of what may not be there, and what may have no value.
struct PackReviewTests {
    private static func pack(subject: String = "household", rule: String, amount: String = "facts.cost") -> String {
        """
        programme: T02
        version: 1
        title: 试
        kind: grant
        source: 测试
        subject: \(subject)
        needs_archive: {waived: 测试}
        once_per: "string(this_year)"
        facts:
          cost: {title: 费用, type: fen}
          people: {title: 人数, type: int}
          extra: {title: 其他支出, type: fen, optional: true}
        rules:
          - {id: r, when: "\(rule)", says: 规则}
        amount: "\(amount)"
        item: life
        funding: [ownFunds]
        steps:
          - {kind: approve, title: 审批, bands: [{people: 1}]}

        """
    }

    @Test(arguments: [
        ("facts.extra > 0", 1), ("has(facts.extra) && facts.extra > 0", 0), ("facts.extra > 0 && has(facts.extra)", 0),
        ("!has(facts.extra) || facts.extra > 0", 0), ("has(facts.extra) || facts.extra > 0", 1),
        ("(has(facts.extra) ? facts.extra : 0) > 0", 0), ("(has(facts.extra) ? 0 : facts.extra) > 0", 1),
        ("!(has(facts.extra) && facts.extra > 0)", 0), ("!(!has(facts.extra) || facts.extra > 0)", 0),
        ("household.members.exists(m, m.age > 1 && facts.extra > 0)", 1),
    ])
    func `an optional answer that is read without being asked for is found`(rule: String, doubts: Int) throws {
        let warnings = try Pack.load(Self.pack(rule: rule)).warnings
        #expect(warnings.count == doubts, "\(warnings)")
        #expect(warnings.allSatisfy { $0.line == 14 && $0.reason.en.contains("has(facts.extra)") })
    }

    @Test(arguments: [
        ("facts.cost / facts.people", 1), ("facts.people > 0 ? facts.cost / facts.people : 0", 0),
        ("facts.people != 0 ? facts.cost / facts.people : 0", 0),
        ("facts.people == 0 ? 0 : facts.cost / facts.people", 0),
        ("facts.people >= 1 ? facts.cost % facts.people : 0", 0), ("facts.cost / 12 / household.size", 0),
        ("facts.people > 0 ? facts.cost / facts.cost : 0", 1), ("{1: 2}[facts.people]", 1),
        ("facts.people in {1: 2} ? {1: 2}[facts.people] : 0", 0), ("int(string(facts.people))", 1), ("int('7')", 0),
    ])
    func `an amount that may have no value is found`(amount: String, doubts: Int) throws {
        let warnings = try Pack.load(Self.pack(rule: "true", amount: amount)).warnings
        #expect(warnings.count == doubts, "\(warnings)")
        #expect(warnings.allSatisfy { $0.line == 15 && !$0.reason.zh.isEmpty && $0.reason.zh != $0.reason.en })
    }

    @Test(arguments: [
        ("household", "applicant.age < 26", "person"), ("household", "employer.kind == 'private'", "employer"),
        ("employer", "household.size > 1", "household, person"), ("employer", "archive.active", "household, person"),
        ("person", "fees[2026] > 0", "employer"),
    ])
    func `a name that the subject never has is refused, and says whose it is`(
        subject: String, rule: String, others: String
    ) throws {
        let problems = Pack.problems(in: Self.pack(subject: subject, rule: rule))
        #expect(problems.count == 1 && problems[0].line == 14, "\(problems)")
        #expect(problems.first?.reason.en.contains("only one for a \(others)") == true, "\(problems)")
    }

    @Test(arguments: [
        ("1", 0), ("12", 0), ("121", 1), ("0", 1), ("facts.people", 1), ("min(max(1, facts.people), 12)", 0),
        ("max(1, min(facts.people, 12))", 0), ("max(1, facts.people)", 1), ("facts.cost > 5 ? 12 : 0", 1),
    ])
    func `a number of instalments that can't be paid is found`(count: String, doubts: Int) throws {
        let text = Self.pack(rule: "true").replacing(
            "item: life", with: "instalments: {count: \"\(count)\", first: {working_days: 1}}\nitem: life")
        let warnings = try Pack.load(text).warnings
        #expect(warnings.count == doubts && warnings.allSatisfy { $0.line == 16 }, "\(warnings)")
    }

    @Test(arguments: [
        ("'deep'", 0), ("facts.cost > 5 ? 'deep' : 'relative'", 0), ("facts.cost > 5 ? 'deep' : 'shallow'", 1),
        ("string(facts.people)", 1),
    ])
    func `a level that there isn't is found`(level: String, doubts: Int) throws {
        let text = Self.pack(rule: "true").replacing("kind: grant", with: "kind: archive").replacing(
            "amount: \"facts.cost\"\nitem: life\nfunding: [ownFunds]", with: "archive: {level: \"\(level)\"}")
        let warnings = try Pack.load(text).warnings
        #expect(warnings.count == doubts, "\(warnings)")
    }

    @Test func `the delivered packs have no doubts`() throws {
        for name in Desk.packs {
            let text = try String(contentsOf: PackTests.folder.appending(path: "\(name).yaml"), encoding: .utf8)
            let warnings = try Pack.load(text).warnings
            #expect(warnings.isEmpty, "\(name): \(warnings)")
        }
    }
}
