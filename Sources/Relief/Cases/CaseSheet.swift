import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// What a decider is shown of a case, as canonical JSON: a decision binds its SHA-256, so nobody can say later that
/// something else was decided on.
///
/// Decisions and steps are not on it: they follow from it.
struct CaseSheet: Codable {
    struct Paper: Codable {
        let kind: String
        let sha256: String
    }
    struct FieldReport: Codable {
        let on: Day
        let findings: String
    }

    /// nil: of the first version.
    let version: Int?
    let number: String
    let programme: String
    let packDigest: String
    let organisation: String
    let subject: String
    let period: String?
    let round: Int
    let facts: [String: JSONValue]
    let papers: [Paper]
    let visits: [FieldReport]
    let means: [FieldReport]
    let assessment: Assessment

    /// Makes the sheet anew after a change, keeps it, and gives its assessment with what that was made from; `judged`: where
    /// that was just done.
    @discardableResult
    static func refresh(
        _ file: CaseFile, _ version: ProgrammeVersion, _ judged: Judged? = nil, in context: CommandContext
    ) async throws -> Judged {
        let judged = if let judged { judged } else { try await judge(file, version.pack, in: context) }
        let assessment = judged.assessment
        // What it is granted once for follows its facts as long as they may change.
        let period = [.draft, .returned].contains(file.state) ? assessment.period : file.period
        let papers = try await context.transaction.query(
            "SELECT kind, sha256 FROM relief.evidence WHERE case_id = \(file.id) ORDER BY kind, sha256")
        let visits = try await context.transaction.query(
            "SELECT visited_on AS day, findings FROM relief.visit WHERE case_id = \(file.id) ORDER BY recorded_at, id")
        let means = try await context.transaction.query(
            """
            SELECT checked_on AS day, source || ': ' || facts::text AS findings FROM relief.means_check
            WHERE case_id = \(file.id) ORDER BY recorded_at, id
            """)
        let subject = try await CaseViews.subject(of: file, in: context)
        let organisation: String = try await context.transaction.value(
            "SELECT code FROM relief.organisation WHERE id = \(file.organisation)")
        let sheet = CaseSheet(
            version: StoredForm.version, number: file.number, programme: file.programme, packDigest: version.digest,
            organisation: organisation,
            subject: subject.number ?? "", period: period, round: file.round, facts: file.facts,
            papers: try papers.map { Paper(kind: try $0["kind"], sha256: try $0["sha256"]) },
            visits: try visits.map { FieldReport(on: try $0["day"], findings: try $0["findings"]) },
            means: try means.map { FieldReport(on: try $0["day"], findings: try $0["findings"]) },
            assessment: assessment)
        let id = try await Sheets.keep(sheet, subject: file.number, in: context)
        guard period != file.period else {
            try await context.transaction.execute("UPDATE relief.case_file SET sheet = \(id) WHERE id = \(file.id)")
            return judged
        }
        try await Cases.refusingSecond(of: version.pack, period, in: context) {
            try await context.transaction.execute(
                "UPDATE relief.case_file SET sheet = \(id), period = \(period) WHERE id = \(file.id)")
        }
        return judged
    }

    /// What a case comes to as things stand.
    static func judge(_ file: CaseFile, _ pack: Pack, in context: some OperationContext) async throws -> Judged {
        let inputs = try await inputs(of: file, pack, in: context)
        return Judged(inputs: inputs, assessment: pack.assess(inputs))
    }

    /// What those who decide are shown at present.
    static func shown(_ file: CaseFile, in context: some OperationContext) async throws -> CaseSheet {
        try await kept(file.sheet, in: context).sheet
    }

    /// Why, and since when, it is as it is: once something is awarded what that was decided on, whatever papers came after;
    /// before that its sheet. nil before it is first shown.
    static func explanation(of file: CaseFile, in context: some OperationContext) async throws -> Explanation? {
        let awarded = try await context.transaction.first("SELECT sheet FROM relief.award WHERE case_id = \(file.id)")
        guard let id: String = try awarded?["sheet"] ?? file.sheet else { return nil }
        let (sheet, madeAt) = try await kept(id, in: context)
        return Explanation(sheet.assessment, asOf: madeAt)
    }

    private static func kept(
        _ id: String?, in context: some OperationContext
    ) async throws -> (sheet: CaseSheet, madeAt: Date) {
        let row = try await context.transaction.one(
            "SELECT content, created_at FROM relief.sheet WHERE id = \(id)")
        let sheet = try JSON.decode(CaseSheet.self, from: Data((row["content"] as String).utf8))
        return (sheet, try row["created_at"])
    }

    static func inputs(of file: CaseFile, _ pack: Pack, in context: some OperationContext) async throws
        -> AssessmentInputs
    {
        try await Assessments.gather(
            file.subject, caseID: file.id, facts: file.facts, submittedOn: file.firstSubmittedOn, path: file.path,
            pack: pack, in: context)
    }
}

extension Explanation {
    init(_ assessment: Assessment, asOf: Date?) {
        self.init(
            asOf: asOf, answer: assessment.answer, rules: assessment.rules, amount: assessment.amount,
            amountBecause: assessment.amountBecause, plan: assessment.plan, level: assessment.level,
            parameters: assessment.parameters,
            open: assessment.open)
    }
}
