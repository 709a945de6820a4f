package import Contract
import FoundationEssentials
import Postgres

extension ShowCase: Answerable {
    package func answer(in context: QueryContext) async throws -> CaseView {
        var view = try await CaseViews.view(`case`, in: context)
        view.jobs = try await SubjectJobs.of(case: `case`, in: context)
        let file = try await CaseFile.find(`case`, in: context)
        view.assessment = try await CaseSheet.explanation(of: file, in: context)
        return view
    }
}

extension ListCases: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<CaseSummary> {
        let size = try Paging.size(limit)
        let rows = try await context.transaction.query(
            """
            SELECT c.number, c.programme, o.code, c.state, s.kind AS step, s.due_on, a.amount,
                   \(Self.subject) AS subject
            FROM relief.case_file c JOIN relief.organisation o ON o.id = c.org_id
            LEFT JOIN relief.case_step s ON s.case_id = c.id AND s.state = 'open'
            LEFT JOIN relief.award a ON a.case_id = c.id
            LEFT JOIN relief.person p ON p.id = c.person
            LEFT JOIN relief.household hh ON hh.id = c.household LEFT JOIN relief.person h ON h.id = hh.head
            LEFT JOIN relief.employer e ON e.id = c.employer
            WHERE c.number_key > relief.number_key(coalesce(\(cursor)::text, '')) AND c.org_path <@ ANY (relief.scope())
              AND (\(programme)::text IS NULL OR c.programme = \(programme))
              AND (\(state)::text IS NULL OR c.state = \(state))
              AND (\(step)::text IS NULL OR s.kind = \(step))
              AND (\(organisation)::text IS NULL
                   OR c.org_path <@ (SELECT u.path FROM relief.organisation u WHERE u.code = \(organisation)))
              AND (\(search)::text IS NULL OR c.number = \(search)
                   OR strpos(relief.name_key(\(Self.subject)), relief.name_key(\(search))) > 0)
            ORDER BY c.number_key LIMIT \(size + 1)
            """)
        let items = try rows.map {
            let subject: String? = try $0["subject"]
            return CaseSummary(
                number: try $0["number"], programme: try $0["programme"], organisation: try $0["code"],
                subject: subject, state: try $0["state"], step: try $0["step"], amount: try $0["amount"],
                dueOn: try $0["due_on"], elsewhere: subject == nil ? .elsewhere : nil)
        }
        return Paging.page(items, size: size, cursor: \.number)
    }

    /// The name of whom a case is about: looked up only where it isn't the asker's to see as a person or employer, too.
    private static let subject: SQL = """
        coalesce(CASE WHEN c.person IS NOT NULL THEN p.name WHEN c.household IS NOT NULL THEN h.name ELSE e.name END,
                 (SELECT about.name FROM relief.case_subject(c.id) AS about))
        """
}

extension ExplainCase: Answerable {
    /// Before the decision, by today's figures; after it, what was decided on, whatever figures were set since.
    package func answer(in context: QueryContext) async throws -> Explanation {
        let file = try await CaseFile.find(`case`, in: context)
        if ![.draft, .submitted, .returned].contains(file.state),
            let kept = try await CaseSheet.explanation(of: file, in: context)
        {
            return kept
        }
        let pack = try await Programmes.version(file.version, in: context).pack
        return Explanation(pack.assess(try await CaseSheet.inputs(of: file, pack, in: context)), asOf: nil)
    }
}
