import Contract
import Foundation
import Relief
import Testing
import WorkingDays

/// The delivered packs judge as their documents say, to the fen at every edge.
struct AssessmentTests {
    private static let today = Day("2026-07-01") ?? Day(number: 0)
    /// Xining 2026: 643 yuan a month.
    private static let minimum: Int64 = 64_300

    private func pack(_ name: String) throws -> Pack {
        try Pack.load(String(contentsOf: PackTests.folder.appending(path: "\(name).yaml"), encoding: .utf8))
    }

    private func inputs(
        _ facts: [String: JSONValue], parameters: [String: Int64], members: Int = 3, level: String? = nil,
        aid: Int64 = 0, age: Int? = nil, employer: String? = nil, fees: [Int: Int64] = [:]
    ) throws -> AssessmentInputs {
        var json: [String: JSONValue] = [
            "today": .string("2026-07-01"), "facts": .object(facts), "aidThisYear": .int(aid),
            "household": .array((0..<members).map { _ in .object(["age": .int(40), "relation": .string("x")]) }),
            "parameters": .object(
                parameters.mapValues { value in
                    .object([
                        "name": .string("x"), "value": .int(value), "unit": .string("fen"), "region": .string("XN"),
                        "from": .string("2026-01-01"), "source": .string("青民发"),
                    ])
                }),
        ]
        if let level { json["archive"] = .object(["level": .string(level), "since": .string("2026-01-10")]) }
        if let age { json["applicant"] = .object(["age": .int(Int64(age))]) }
        if let employer { json["employerKind"] = .string(employer) }
        json["fees"] = .object(Dictionary(uniqueKeysWithValues: fees.map { (String($0.key), .int($0.value)) }))
        return try JSON.decode(AssessmentInputs.self, from: JSON.encode(JSONValue.object(json)))
    }

    private func archive(income: Int64, event: Int64? = nil, homes: Int64 = 1) throws -> Assessment {
        var facts: [String: JSONValue] = [
            "annual_income": .int(income), "rigid_spending": .int(0), "homes": .int(homes), "vehicle": .bool(false),
            "member_months": .int(12), "cause": .string("illness"),
        ]
        if let event { facts["event_cost"] = .int(event) }
        return try pack("P01-archive").assess(inputs(facts, parameters: ["dibao_monthly": Self.minimum]))
    }

    @Test(
        arguments: [
            // Three members: 36 shares a year. Below one 低保 a head deep, below two relative; the edge itself is not below.
            (64_300 * 36 - 1, "deep"), (64_300 * 36, "relative"), (2 * 64_300 * 36 - 1, "relative"),
            (2 * 64_300 * 36, nil), (0, "deep"),
        ] as [(Int64, String?)])
    func `P01: the level follows the income a head, strictly below`(income: Int64, level: String?) throws {
        let assessment = try archive(income: income)
        #expect(assessment.level == level && assessment.eligible == (level != nil))
        #expect(assessment.open.isEmpty && assessment.amount == nil && assessment.period == "2026")
    }

    // 60,000 yuan a year is above twice the minimum; 80 percent of it is 48,000.
    @Test(arguments: [(4_800_001, "accident"), (4_800_000, nil), (6_500_000, "accident")] as [(Int64, String?)])
    func `P01: an accident that cost more than 80 percent of the year's income opens the archive`(
        event: Int64, level: String?
    ) throws {
        let assessment = try archive(income: 6_000_000, event: event)
        #expect(assessment.level == level && assessment.eligible == (level != nil))
    }

    @Test func `P01: a second home refuses, and says so`() throws {
        let assessment = try archive(income: 0, homes: 2)
        #expect(!assessment.eligible)
        #expect(assessment.rules.filter { $0.answer == .no }.map(\.id) == ["homes"])
        #expect(assessment.rules.first { $0.id == "homes" }?.because.joined().contains("2") == true)
    }

    @Test(arguments: [("deep", 12), ("relative", 8), ("accident", 6)])
    func `P02: months of the minimum by level, month by month`(level: String, months: Int) throws {
        let pack = try pack("P02-living-aid")
        let assessment = pack.assess(
            try inputs(["situation": .string("x")], parameters: ["dibao_monthly": Self.minimum], level: level))
        #expect(assessment.amount == Fen(Int64(months) * Self.minimum) && assessment.plan.count == months)
        let days = assessment.plan.prefix(3).map { $0.dueOn(approvedOn: Self.today, calendar: WorkingCalendar()) }
        #expect(days.map(\.description) == ["2026-07-06", "2026-08-06", "2026-09-06"])
    }

    @Test(
        arguments: [(0, 771_600, true), (700_000, 71_600, true), (771_599, 1, true), (771_600, nil, false)]
            as [(
                Int64, Int64?, Bool
            )])
    func `P02: never more than twelve months a year, earlier aid counted`(
        aid: Int64, amount: Int64?, eligible: Bool
    ) throws {
        let assessment = try pack("P02-living-aid").assess(
            inputs(["situation": .string("x")], parameters: ["dibao_monthly": Self.minimum], level: "deep", aid: aid))
        #expect(assessment.amount == amount.map { Fen($0) } && assessment.eligible == eligible)
    }

    @Test func `P02: without an archive nothing is granted`() throws {
        let assessment = try pack("P02-living-aid").assess(
            inputs(["situation": .string("x")], parameters: ["dibao_monthly": Self.minimum]))
        #expect(!assessment.eligible && assessment.amount == nil && assessment.open.count == 1)
    }

    private static let education: [String: Int64] = [
        "dibao_monthly": minimum, "education_undergraduate": 600_000, "education_college": 400_000,
        "education_senior_high": 300_000,
    ]

    private func student(
        _ stage: String, age: Int = 19, aid: Int64 = 0, elsewhere: Bool = false, parameters: [String: Int64] = education
    ) throws -> Assessment {
        let facts: [String: JSONValue] = [
            "stage": .string(stage), "school": .string("青海大学"), "full_time": .bool(true), "new_student": .bool(true),
            "tuition": .int(480_000), "directed": .bool(false), "aided_elsewhere": .bool(elsewhere),
        ]
        return try pack("P04-education").assess(
            inputs(facts, parameters: parameters, level: "deep", aid: aid, age: age))
    }

    @Test func `P04: Xining's 93 students of a summer come to 514,000 yuan`() throws {
        let batch = [("undergraduate", 73), ("college", 16), ("seniorHigh", 4)]
        let total = try batch.reduce(Int64(0)) { sum, part in
            sum + (try #require(try student(part.0).amount)).rawValue * Int64(part.1)
        }
        #expect(Fen(total) == Fen(yuan: "514,000.00"))
    }

    @Test func `P04: no more than ten months of the minimum`() throws {
        var figures = Self.education
        figures["education_undergraduate"] = 800_000
        #expect(try student("undergraduate", parameters: figures).amount == Fen(643_000))
    }

    @Test(arguments: [(26, false, true), (27, false, false), (19, true, false)])
    func `P04: up to 26 years, and only once from public money`(age: Int, elsewhere: Bool, eligible: Bool) throws {
        #expect(try student("college", age: age, elsewhere: elsewhere).eligible == eligible)
    }

    @Test func `P04: the paper asked for follows the facts, the period is the school year`() throws {
        let assessment = try student("college")
        #expect(assessment.requiredEvidence == ["admission_letter"] && assessment.period == "2026-2027")
    }

    private func refund(_ kind: String, _ fees: [Int: Int64]) throws -> Assessment {
        try pack("P08B-fee-refund").assess(
            inputs(
                ["year": .int(2026)], parameters: ["refund_threshold": 1_000_000, "refund_cap": 1_000_000],
                employer: kind, fees: fees))
    }

    @Test(
        arguments: [
            ("private", 999_999, 999_999, true), ("private", 1_000_000, 1_000_000, false),
            ("private", 999_999, 1_000_000, true), ("stateOwned", 100, 100, false), ("budgetFunded", 100, 100, false),
        ] as [(String, Int64, Int64, Bool)])
    func `P08-B: below 10,000 yuan a year on average, and no public employer`(
        kind: String, first: Int64, second: Int64, eligible: Bool
    ) throws {
        let assessment = try refund(kind, [2024: first, 2025: second, 2026: 800_000])
        #expect(assessment.eligible == eligible && assessment.amount == (eligible ? Fen(800_000) : nil))
    }

    @Test func `P08-B: at most 10,000 yuan come back, and nothing where nothing was paid`() throws {
        #expect(try refund("private", [2026: 1_000_001]).amount == Fen(1_000_000))
        #expect(try refund("private", [2025: 5]).eligible == false)
    }

    @Test func `the same inputs give the same assessment, byte for byte`() throws {
        #expect(try JSON.encode(student("college")) == JSON.encode(student("college")))
    }
}
