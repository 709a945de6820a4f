import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// An office with its programmes, figures and a full fund, and the ways in which a case goes through it.
struct Desk {
    let office: Office
    var door: Door { office.door }

    static let packs = ["P01-archive", "P02-living-aid", "P04-education", "P08B-fee-refund"]

    /// Opens the office, releases the delivered packs, sets Xining's figures, and fills one fund with 1,000,000 yuan.
    static func open() async throws -> Desk {
        let desk = Desk(office: try await Office.open())
        let door = desk.door
        for name in packs {
            let text = try String(contentsOf: PackTests.folder.appending(path: "\(name).yaml"), encoding: .utf8)
            try await desk.release(text, as: "\(name).yaml")
        }
        let figures = [
            ("dibao_monthly", "643"), ("education_undergraduate", "6000"), ("education_college", "4000"),
            ("education_senior_high", "3000"), ("refund_threshold", "1万"), ("refund_cap", "10,000.00"),
        ]
        for (name, value) in figures {
            try await desk.set(
                SetParameter(
                    name: name, region: "QH", from: day("2026-01-01"), value: value, source: "青民发〔2026〕1号"))
        }
        let items = ["education", "life", "feeRefund"].map {
            FundItem(item: $0, from: day("2026-01-01"), source: "测试")
        }
        _ = try await door.perform(
            CreateFund(
                code: "F1", name: "帮扶资金", organisation: "XN", source: .upperUnion, year: 2026, items: items,
                bank: "某银行",
                accountNumber: "6228480000000001", accountHolder: "西宁市总工会"), as: desk.office.finance)
        _ = try await door.perform(
            ReceiveMoney(fund: "F1", amount: Fen(100_000_000), on: desk.office.today, reference: "R1"),
            as: desk.office.finance)
        return desk
    }

    /// Adds a pack and has another release it.
    func release(_ text: String, as name: String? = nil) async throws {
        let added = try await door.perform(AddProgramme(text: text, fileName: name), as: office.programmes)
        _ = try await door.perform(
            ReleaseProgramme(programme: added.programme, version: added.version), as: office.programmes2)
    }

    /// Sets a figure and has another confirm it.
    @discardableResult
    func set(_ figure: SetParameter) async throws -> ParameterView {
        _ = try await door.perform(figure, as: office.programmes)
        return try await door.perform(
            ConfirmParameter(
                name: figure.name, region: figure.region, from: figure.from, value: figure.value, unit: figure.unit),
            as: office.programmes2)
    }

    static func day(_ text: String) -> Day {
        guard let day = Day(text) else { preconditionFailure("\(text) is no day") }
        return day
    }

    /// Sets the clock to 09:00 in China of a day.
    func go(to text: String) {
        office.clock.set(Self.day(text).start().addingTimeInterval(9 * 3_600))
    }

    /// A user with more roles than the office gave it, by uid.
    func promote(_ login: String, uid: UInt32, to role: Role, in union: String = "XN") async throws -> Principal {
        _ = try await door.perform(GrantRole(user: login, role: role, organisation: union), as: office.admin)
        return try await door.authenticate(.peer(uid: uid))
    }

    func person(_ seed: UInt64, union: String = "XN", by worker: Principal? = nil) async throws -> PersonView {
        var made = Synthetic(seed: seed)
        return try await door.perform(
            RegisterPerson(name: made.name(), idNumber: Self.student(seed), organisation: union),
            as: worker ?? office.worker)
    }

    /// An identity number of somebody of 18 to 20 years.
    static func student(_ seed: UInt64) -> String {
        var made = Synthetic(seed: seed)
        let body = "630102" + "200\(6 + made.next(2))0\(1 + made.next(9))1\(made.next(9))" + made.digits(3)
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body.utf8, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
        return body + String(Array("10X98765432")[sum % 11])
    }

    struct Home {
        let number: String
        let head: PersonView
        let child: PersonView
    }

    func home(_ seed: UInt64, union: String = "XN") async throws -> Home {
        let (head, child) = (
            try await person(seed * 1_000, union: union), try await person(seed * 1_000 + 1, union: union)
        )
        let view = try await door.perform(
            OpenHousehold(
                organisation: union, head: head.number,
                members: [HouseholdMember(person: child.number, relation: "child")]), as: office.worker)
        return Home(number: view.number, head: head, child: child)
    }

    /// A home with an archive taken over from the national system.
    func archivedHome(_ seed: UInt64, union: String = "XN", level: String = "deep") async throws -> Home {
        let home = try await home(seed, union: union)
        let csv = "户号,级别,建档日期,国家档案号\n\(home.number),\(level),2026-01-10,QG\(seed)\n"
        let report = try await door.perform(
            ImportArchives(organisation: "XN", csv: csv, mode: .all), as: office.approver)
        #expect(report.problems.isEmpty, "\(report.problems)")
        return home
    }

    static let studentFacts: [String: JSONValue] = [
        "stage": .string("undergraduate"), "school": .string("青海大学"), "full_time": .bool(true),
        "new_student": .bool(true), "tuition": .int(480_000), "directed": .bool(false),
        "aided_elsewhere": .bool(false),
    ]

    static let pdf = Data("%PDF-1.7 a letter that says a secret".utf8)

    func letter(_ number: String, kind: String = "admission_letter", by principal: Principal? = nil) async throws {
        _ = try await door.perform(
            AddEvidence(
                case: number, kind: kind, fileName: "letter.pdf", mediaType: "application/pdf",
                content: Self.pdf + Data(number.utf8)), as: principal ?? office.worker)
    }

    /// A draft of 金秋助学 with its paper.
    func draft(_ student: PersonView, union: String = "XN", by worker: Principal? = nil) async throws -> String {
        let file = try await door.perform(
            OpenCase(programme: "P04", organisation: union, person: student.number, facts: Self.studentFacts),
            as: worker ?? office.worker)
        try await letter(file.number, by: worker)
        return file.number
    }

    func submitted(_ student: PersonView) async throws -> String {
        let number = try await draft(student)
        _ = try await door.perform(SubmitCase(case: number), as: office.worker)
        return number
    }

    func show(_ number: String, as principal: Principal? = nil) async throws -> CaseView {
        try await door.answer(ShowCase(case: number), as: principal ?? office.worker)
    }

    @discardableResult
    func decide(
        _ number: String, _ outcome: DecisionOutcome = .pass, by principal: Principal, reason: String? = nil,
        sheet: String? = nil
    ) async throws -> CaseView {
        let seen = if let sheet { sheet } else { try await show(number, as: principal).sheet }
        return try await door.perform(
            DecideCase(case: number, outcome: outcome, reason: reason, sheet: seen), as: principal)
    }

    /// Up to the open step of public notice.
    func reviewed(_ student: PersonView) async throws -> String {
        let number = try await submitted(student)
        try await decide(number, by: office.reviewer)
        try await decide(number, by: office.reviewer2)
        return number
    }

    /// Up to the open step of approval: published on Wednesday 1 July, cleared on the day after the last.
    func noticed(_ student: PersonView) async throws -> String {
        let number = try await reviewed(student)
        _ = try await door.perform(
            PublishNotice(programme: "P04", organisation: "XN", cases: [number]), as: office.worker)
        office.clock.advance(bySeconds: 8 * 86_400)
        _ = try await door.perform(CloseDueNotices(), as: .system)
        return number
    }

    func awarded(_ student: PersonView) async throws -> String {
        let number = try await noticed(student)
        try await decide(number, by: office.approver)
        try await decide(number, by: office.approver2)
        return number
    }

    /// The refusal that something meets.
    func refusal<Reply>(
        _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> Reply
    ) async throws -> Refusal {
        do {
            _ = try await body()
        } catch let refusal as Refusal {
            return refusal
        }
        Issue.record("it was not refused", sourceLocation: location)
        throw CancellationError()
    }

    /// Runs statements as the daemon's role, past the program: with the whole tree in scope and an event of its own.
    func bypass<R: Sendable>(_ body: (Transaction) async throws -> R) async throws -> R {
        try await Database.current.appPool.transaction { transaction in
            try await transaction.execute(
                "SELECT set_config('relief.scope', '{\"\"}', true), set_config('relief.event', \(UUID().uuidString), true)"
            )
            return try await body(transaction)
        }
    }

    /// The SQLSTATE, or the constraint, with which the database refuses.
    func law(_ location: SourceLocation = #_sourceLocation, _ body: (Transaction) async throws -> Void) async -> String
    {
        do {
            try await bypass { try await body($0) }
        } catch let error as PostgresError {
            return error.constraint ?? error.sqlState ?? "\(error)"
        } catch {
            return "\(error)"
        }
        Issue.record("the database let it pass", sourceLocation: location)
        return "passed"
    }
}
