import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// A case as it stands in the database.
struct CaseFile: Sendable {
    let id: UUID
    let number: String
    let version: UUID
    let programme: String
    let organisation: UUID
    let path: String
    let subject: CaseSubject
    /// What it is granted once for; nil while that can't be said.
    let period: String?
    var state: CaseState
    /// Ordinal of the open step.
    var step: Int?
    var facts: [String: JSONValue]
    /// 1, and one more each time it was sent back: what was approved before doesn't count after.
    let round: Int
    /// SHA-256 of what is shown of it; nil before it is first shown.
    var sheet: String?
    let openedBy: UUID
    let openedAt: Date
    /// The day on which it was submitted first.
    let firstSubmittedOn: Day?
    let ruleTestedAt: Date?
    let noticeClosedAt: Date?
    let approvedAt: Date?
    let outcome: ExitReason?

    static let columns: SQL = """
        c.id, c.number, c.programme_version, c.programme, c.org_id, c.org_path::text AS org_path, c.household, c.person,
        c.employer, c.period, c.state, c.step, c.facts::text AS facts, c.round, c.sheet, c.opened_by, c.opened_at, c.first_submitted_on,
        c.rule_passed_at,
        c.notice_closed_at, c.approved_at, c.outcome
        """

    init(_ row: Row) throws {
        id = try row["id"]
        number = try row["number"]
        version = try row["programme_version"]
        programme = try row["programme"]
        organisation = try row["org_id"]
        path = try row["org_path"]
        subject = CaseSubject(household: try row["household"], person: try row["person"], employer: try row["employer"])
        period = try row["period"]
        state = try row["state"]
        step = try row["step"]
        let text: String = try row["facts"]
        facts = try JSON.decode(from: Data(text.utf8))
        round = try row["round"]
        sheet = try row["sheet"]
        openedBy = try row["opened_by"]
        openedAt = try row["opened_at"]
        firstSubmittedOn = try row["first_submitted_on"]
        ruleTestedAt = try row["rule_passed_at"]
        noticeClosedAt = try row["notice_closed_at"]
        approvedAt = try row["approved_at"]
        outcome = try row["outcome"]
    }

    /// The case of a number, where the asker may see it; locked for change when a command asks.
    static func find(_ number: String, field: String = "case", in context: some OperationContext) async throws
        -> CaseFile
    {
        let lock: SQL = context is CommandContext ? "FOR NO KEY UPDATE" : ""
        let row = try await context.transaction.first(
            "SELECT \(columns) FROM relief.case_file c WHERE c.number = \(number) \(lock)")
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no case \(number); check the number (relief case list).",
                    "没有案件\(number)；请核对编号（relief case list）。"), field: field)
        }
        return try CaseFile(row)
    }

    static func find(id: UUID, in context: CommandContext) async throws -> CaseFile {
        try CaseFile(
            try await context.transaction.one(
                "SELECT \(columns) FROM relief.case_file c WHERE c.id = \(id) FOR NO KEY UPDATE"))
    }
}

extension CommandContext {
    /// Refuses unless the asker holds a permission at a place: for commands whose steps ask for different ones.
    func require(_ permission: Permission, at path: String, to act: String) throws {
        let covers = principal.scope(for: permission).contains { $0.isEmpty || path == $0 || path.hasPrefix($0 + ".") }
        guard covers else {
            throw Refusal.forbidden(
                Phrase(
                    "\(principal.login) may not \(act) here: it takes the permission \(permission.rawValue).",
                    "\(principal.login) 无权在此办理：需要权限 \(permission.rawValue)。"))
        }
    }
}

extension CaseState: ParameterEncodable, ColumnDecodable {}
extension StepState: ParameterEncodable, ColumnDecodable {}
extension DecisionOutcome: ParameterEncodable, ColumnDecodable {}
extension ExitReason: ParameterEncodable, ColumnDecodable {}
extension ContactManner: ParameterEncodable, ColumnDecodable {}
extension InstalmentState: ParameterEncodable, ColumnDecodable {}
extension NoticeState: ParameterEncodable, ColumnDecodable {}
extension NoticeItemState: ParameterEncodable, ColumnDecodable {}
extension ObjectionState: ParameterEncodable, ColumnDecodable {}
