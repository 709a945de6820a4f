package import Contract
import FoundationEssentials
import Postgres

extension ImportCases: Executable {
    /// Opens a case per row, each for itself: a row that is refused leaves nothing behind. With `all`, one problem anywhere
    /// leaves the whole file undone.
    package func execute(in context: CommandContext) async throws -> ImportReport {
        let version = try await Programmes.released(programme, in: context)
        let union = try await Organisation.find(organisation, in: context)
        let pack = version.pack
        let keys = pack.subject == .employer ? [Self.number] : [Self.number, Self.identity]
        let table = try CSV(
            csv, columns: keys + pack.facts.map { [$0.title, $0.name] }, required: [], oneOf: Set(keys.map { $0[0] }))
        context.concerns(union.code)
        context.note("programme", .string(pack.programme))
        return try await RowImport.run(table, mode: mode, in: context) { row, problems in
            let (column, subject) = try await self.subject(row, pack, near: union, &problems, in: context)
            let facts = Self.facts(row, pack, &problems)
            guard let subject, !problems.lines.contains(row.line) else { return nil }
            do {
                return try await context.attempt {
                    let (file, _) = try await Cases.open(
                        version, organisation: union, subject: subject, facts: facts, in: context)
                    if submit { try await Cases.submit(file, version, in: context) }
                    return .new(file.number)
                }
            } catch let refusal as Refusal {
                let asked = Standing(version: version, path: union.path, subject: subject, facts: facts)
                if refusal.code == .conflict, let known = try await asked.known(row, &problems, in: context) {
                    return known
                }
                problems.add(refusal, row, column)
                return nil
            }
        }
    }

    private static let number = ["编号", "number"]
    private static let identity = ["身份证号", "idNumber"]

    /// Whom a row is about, and the column that says so.
    private func subject(
        _ row: CSV.Row, _ pack: Pack, near union: Organisation, _ problems: inout RowProblems,
        in context: CommandContext
    ) async throws -> (column: String, subject: CaseSubject?) {
        if let number = row[Self.number[0]] {
            let subject = try await problems.attempt(row, Self.number[0], value: number, in: context) {
                try await CaseSubjects.find(number, for: pack, near: union, in: context)
            }
            return (Self.number[0], subject)
        }
        let column = Self.identity[0]
        guard pack.subject != .employer, let text = row[column] else {
            let title = pack.subject.numberTitle
            problems.add(
                row, Self.number[0], Phrase("Nobody is named.", "没有写明是谁。"),
                Phrase("Give \(title.en).", "请填写\(title.zh)。"))
            return (Self.number[0], nil)
        }
        let shown = Mask.identity(text)
        guard let identity = try problems.collect(row, column, value: shown, { try IdentityNumber(text) }) else {
            return (column, nil)
        }
        let subject = try await CaseSubjects.find(identity, for: pack, near: union, in: context)
        if subject == nil {
            problems.add(
                row, column, value: shown,
                pack.subject == .household
                    ? Phrase("Nobody with this number is registered in a household.", "没有此证号的人登记在户。")
                    : Phrase("Nobody with this number is registered.", "没有登记此证号的人。"),
                Phrase("Register the person first, or look at the number again.", "请先登记，或核对证号。"))
        }
        return (column, subject)
    }

    private static func facts(_ row: CSV.Row, _ pack: Pack, _ problems: inout RowProblems) -> [String: JSONValue] {
        var facts: [String: JSONValue] = [:]
        for definition in pack.facts {
            guard let text = row[definition.title].map(FreeText.cleaned) else { continue }
            switch definition.value(ofCell: text) {
            case .success(let value): facts[definition.name] = value
            case .failure(let problem):
                problems.add(
                    row, definition.title, value: String(text.prefix(40)),
                    problem.problem, Phrase("Correct the value.", "请改正。"))
            }
        }
        return facts
    }
}

extension Pack.Subject {
    /// What stands in the column 编号.
    fileprivate var numberTitle: Phrase {
        switch self {
        case .household: Phrase("the household's number", "户号")
        case .person: Phrase("the person's number", "人员编号")
        case .employer: Phrase("the employer's USCC", "用人单位的统一社会信用代码")
        }
    }
}

extension CaseSubjects {
    /// Whom a programme's case is about, by the number that the programme's kind of subject has.
    fileprivate static func find(
        _ number: String, for pack: Pack, near union: Organisation, in context: CommandContext
    ) async throws -> CaseSubject {
        switch pack.subject {
        case .household: CaseSubject(household: try await household(number, in: context))
        case .person: try await person(number, in: context)
        case .employer: CaseSubject(employer: try await Employer.find(number, near: union, in: context).id)
        }
    }

    /// The same by identity number: the person, or the household that the person lives in; nil where none is visible. Of
    /// several rows of one person it is one that the union answers for, if there is any.
    fileprivate static func find(
        _ identity: IdentityNumber, for pack: Pack, near union: Organisation, in context: CommandContext
    ) async throws -> CaseSubject? {
        let index = context.vault.blindIndex(identity.text, .idNumber)
        let row = try await context.transaction.first(
            """
            SELECT p.id, m.household FROM relief.person p
            LEFT JOIN relief.household_member m ON m.person = p.id AND m.valid @> \(context.today)
            WHERE p.id_index = \(index) AND p.died_on IS NULL
              AND (\(pack.subject == .person) OR m.household IS NOT NULL)
            ORDER BY relief.on_one_line(p.org_path, \(union.path)::ltree) DESC, m.household IS NULL,
              nlevel(p.org_path) DESC, p.number_key LIMIT 1
            """)
        guard let row else { return nil }
        return CaseSubject(household: try row["household"], person: pack.subject == .person ? try row["id"] : nil)
    }
}

/// A row that couldn't be opened as a case, held against the case that stands for the same grant.
private struct Standing {
    let version: ProgrammeVersion
    let path: String
    let subject: CaseSubject
    let facts: [String: JSONValue]

    /// nil where no such case can be seen.
    func known(
        _ row: CSV.Row, _ problems: inout RowProblems, in context: CommandContext
    ) async throws -> RowImport.Taken? {
        let pack = version.pack
        let inputs = try await Assessments.gather(
            subject, caseID: UUID(), facts: facts, path: path, pack: pack, in: context)
        guard let period = pack.assess(inputs).period else { return nil }
        let found = try await context.transaction.first(
            """
            SELECT number, facts::text AS facts FROM relief.case_file
            WHERE programme = \(pack.programme) AND period = \(period)
              AND grantee = \(subject.person ?? subject.household ?? subject.employer)
              AND state NOT IN ('rejected', 'withdrawn') AND (state <> 'closed' OR approved_at IS NOT NULL)
            """)
        guard let found else { return nil }
        let (number, text): (String, String) = (try found["number"], try found["facts"])
        let stored = try JSON.decode([String: JSONValue].self, from: Data(text.utf8))
        let other = pack.facts.filter { fact in facts[fact.name].map { $0 != stored[fact.name] } ?? false }
        for fact in other {
            problems.add(
                row, fact.title, value: row[fact.title],
                Phrase("Case \(number) has it otherwise; it stays.", "\(number) 中填写的不同，未更改。"),
                Phrase("Where the file is right: relief case amend.", "如文件正确：relief case amend。"))
        }
        return other.isEmpty ? .same(number) : .differs(number)
    }
}
