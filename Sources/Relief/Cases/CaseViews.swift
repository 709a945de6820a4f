import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// A case as those who work on it see it.
enum CaseViews {
    /// `judged`: where the command that shows it has just judged it.
    static func view(
        _ number: String, judged: Judged? = nil, in context: some OperationContext
    ) async throws -> CaseView {
        let row = try await context.transaction.first(
            """
            SELECT \(CaseFile.columns), o.code AS organisation, u.login AS opener
            FROM relief.case_file c JOIN relief.organisation o ON o.id = c.org_id
            JOIN relief.app_user u ON u.id = c.opened_by WHERE c.number = \(number)
            """)
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no case \(number); check the number (relief case list).",
                    "没有案件\(number)；请核对编号（relief case list）。"), field: "case")
        }
        let file = try CaseFile(row)
        let pack = try await Programmes.version(file.version, in: context).pack
        let judged = if let judged { judged } else { try await CaseSheet.judge(file, pack, in: context) }
        let assessment = judged.assessment
        let steps = try await steps(of: file, in: context)
        let form = pack.facts.map { ($0.name, FactForm(title: $0.title, kind: $0.kind.shown)) }
        return CaseView(
            number: file.number, programme: file.programme, programmeTitle: pack.title, version: pack.version,
            organisation: try row["organisation"], subject: try await subject(of: file, in: context), state: file.state,
            step: steps.first { $0.state == .open }?.kind, facts: file.facts, steps: steps,
            evidence: try await Papers.views(of: file, in: context),
            missingEvidence: try await Cases.missingEvidence(of: file, assessment, pack, in: context),
            decisions: try await decisions(of: file, in: context), visits: try await visits(of: file, in: context),
            means: try await means(of: file, in: context), followUps: try await followUps(of: file, in: context),
            award: try await award(of: file, in: context), sheet: file.sheet ?? "", openedBy: try row["opener"],
            openedAt: file.openedAt, outcome: file.outcome,
            warnings: try await warnings(of: file, assessment, in: context)
                + unknownYears(of: file, pack, steps, in: context) + unpayable(file, pack, in: context),
            form: Dictionary(uniqueKeysWithValues: form))
    }

    /// What whoever works on it should know at once: that it can't go on as it was shown, and why.
    private static func warnings(
        of file: CaseFile, _ assessment: Assessment, in context: some OperationContext
    ) async throws -> [Phrase] {
        guard file.state == .submitted else { return [] }
        let shown = try await CaseSheet.shown(file, in: context).assessment
        guard let change = Cases.change(of: file, from: shown, to: assessment) else { return [] }
        return [change.phrase] + (change.particulars ?? [])
    }

    /// That nobody can be paid as things stand: of an award, why each part waits; before, that there is no account yet.
    private static func unpayable(
        _ file: CaseFile, _ pack: Pack, in context: some OperationContext
    ) async throws -> [Phrase] {
        switch file.state {
        case .awarded, .paying:
            return try await Payable.list("WHERE i.case_id = \(file.id) AND i.state = 'due'", in: context)
                .compactMap(\.heldUp)
        case .draft, .returned, .submitted:
            guard pack.item != nil else { return [] }
            let hasAccount = try await context.seeingAll {
                try await $0.exists(
                    """
                    SELECT FROM relief.case_file c LEFT JOIN relief.household h ON h.id = c.household
                    LEFT JOIN relief.employer e ON e.id = c.employer AND num_nonnulls(c.person, c.household) = 0
                    JOIN relief.payee_account a ON a.status = 'active'
                      AND (a.person IN (c.person, h.head) OR a.organisation = e.org_id)
                    WHERE c.id = \(file.id)
                    """)
            }
            return hasAccount
                ? []
                : [
                    Phrase(
                        "Nobody can be paid yet: whom the case is about has no active account (relief account register).",
                        "目前无法发放：当事人没有可用的收款账户（relief account register）。")
                ]
        default: return []
        }
    }

    /// Whether a year lies before the open step's end, or the first instalment's, of which the holidays aren't known.
    private static func unknownYears(
        of file: CaseFile, _ pack: Pack, _ steps: [StepView], in context: some OperationContext
    ) async throws -> [Phrase] {
        var ends = [steps.first { $0.state == .open }?.dueOn].compactMap { $0 }
        if pack.reckonsInstalmentsInWorkingDays {
            let first = try await context.transaction.first(
                "SELECT due_on FROM relief.instalment WHERE case_id = \(file.id) AND state = 'due' AND ordinal = 1")
            if let first { ends.append(try first["due_on"]) }
        }
        guard let last = ends.max() else { return [] }
        return try await Calendars.warnings(from: context.today, through: last, in: context) ?? []
    }

    /// Whom a case is about, the same for everybody who sees the case: also for a county whose case is about a household of
    /// its city.
    static func subject(of file: CaseFile, in context: some OperationContext) async throws -> SubjectView {
        let row = try await context.transaction.first("SELECT number, name FROM relief.case_subject(\(file.id))")
        return SubjectView(
            kind: file.subject.kind, number: try row?["number"], name: try row?["name"],
            elsewhere: row == nil ? .elsewhere : nil)
    }

    private static func steps(of file: CaseFile, in context: some OperationContext) async throws -> [StepView] {
        let rows = try await context.transaction.query(
            """
            SELECT ordinal, kind, title, state, opened_at, due_on, done_at FROM relief.case_step
            WHERE case_id = \(file.id) ORDER BY ordinal
            """)
        return try rows.map {
            StepView(
                ordinal: try $0["ordinal"], kind: try $0["kind"], title: try $0["title"], state: try $0["state"],
                openedAt: try $0["opened_at"], dueOn: try $0["due_on"], doneAt: try $0["done_at"])
        }
    }

    static func decisions(of file: CaseFile, in context: some OperationContext) async throws -> [DecisionView] {
        let rows = try await context.transaction.query(
            """
            SELECT coalesce(s.title, d.kind) AS step, d.outcome, u.login, d.decided_at, d.reason, d.sheet
            FROM relief.decision d JOIN relief.app_user u ON u.id = d.decided_by
            LEFT JOIN relief.case_step s ON s.case_id = d.case_id AND s.ordinal = d.step
            WHERE d.case_id = \(file.id) ORDER BY d.decided_at, d.id
            """)
        return try rows.map {
            DecisionView(
                step: try $0["step"], outcome: try $0["outcome"], by: try $0["login"], at: try $0["decided_at"],
                reason: try $0["reason"], sheet: try $0["sheet"])
        }
    }

    private static func visits(of file: CaseFile, in context: some OperationContext) async throws -> [VisitView] {
        let rows = try await context.transaction.query(
            """
            SELECT v.visited_on, a.login AS visitor, b.login AS companion, v.findings, r.login AS recorder
            FROM relief.visit v JOIN relief.app_user a ON a.id = v.visitor JOIN relief.app_user b ON b.id = v.companion
            JOIN relief.app_user r ON r.id = v.recorded_by WHERE v.case_id = \(file.id) ORDER BY v.recorded_at, v.id
            """)
        return try rows.map {
            VisitView(
                on: try $0["visited_on"], visitors: [try $0["visitor"], try $0["companion"]],
                findings: try $0["findings"],
                recordedBy: try $0["recorder"])
        }
    }

    private static func means(of file: CaseFile, in context: some OperationContext) async throws -> [MeansView] {
        let rows = try await context.transaction.query(
            """
            SELECT m.source, m.checked_on, m.facts::text AS facts, m.note, u.login FROM relief.means_check m
            JOIN relief.app_user u ON u.id = m.recorded_by WHERE m.case_id = \(file.id) ORDER BY m.recorded_at, m.id
            """)
        return try rows.map { row in
            let text: String = try row["facts"]
            return MeansView(
                source: try row["source"], on: try row["checked_on"], facts: try JSON.decode(from: Data(text.utf8)),
                note: try row["note"], recordedBy: try row["login"])
        }
    }

    private static func followUps(of file: CaseFile, in context: some OperationContext) async throws -> [FollowUpView] {
        let rows = try await context.transaction.query(
            """
            SELECT f.done_on, f.manner, f.finding, f.satisfied, u.login FROM relief.follow_up f
            JOIN relief.app_user u ON u.id = f.recorded_by WHERE f.case_id = \(file.id) ORDER BY f.recorded_at, f.id
            """)
        return try rows.map {
            FollowUpView(
                on: try $0["done_on"], manner: try $0["manner"], finding: try $0["finding"],
                satisfied: try $0["satisfied"],
                recordedBy: try $0["login"])
        }
    }

    private static func award(of file: CaseFile, in context: some OperationContext) async throws -> AwardView? {
        guard
            let award = try await context.transaction.first(
                """
                SELECT a.id, a.amount, a.item, a.approved_at, a.stopped_at, f.code FROM relief.award a
                LEFT JOIN relief.fund f ON f.id = a.fund WHERE a.case_id = \(file.id)
                """)
        else { return nil }
        let id: UUID = try award["id"]
        let parts = try await context.transaction.query(
            """
            SELECT i.ordinal, i.due_on, i.amount, i.state,
                   (SELECT p.reference FROM relief.payment p WHERE p.instalment = i.id ORDER BY p.attempt DESC LIMIT 1) AS payment
            FROM relief.instalment i WHERE i.award = \(id) ORDER BY i.ordinal
            """)
        let stopped: Date? = try award["stopped_at"]
        return AwardView(
            amount: try award["amount"], item: try award["item"], fund: try award["code"],
            approvedAt: try award["approved_at"],
            stopped: stopped != nil,
            instalments: try parts.map {
                InstalmentView(
                    ordinal: try $0["ordinal"], dueOn: try $0["due_on"], amount: try $0["amount"],
                    state: try $0["state"],
                    payment: try $0["payment"])
            })
    }
}
