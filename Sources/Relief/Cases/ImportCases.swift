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
        let table = try CSV(
            csv, columns: [Self.number, Self.identity] + pack.facts.map { [$0.title, $0.name] }, required: [])
        guard
            table.columns.contains(Self.number[0])
                || (table.columns.contains(Self.identity[0]) && pack.subject != .employer)
        else {
            throw Refusal.invalid(
                "The first line lacks the column \(Self.number[0]): \(pack.subject.numberTitle).", field: "csv")
        }
        context.concerns(union.code)
        context.note("programme", .string(pack.programme))
        return try await RowImport.run(table, mode: mode, in: context) { row, problems in
            let (column, subject) = try await self.subject(row, pack, near: union, &problems, in: context)
            let facts = Self.facts(row, pack, &problems)
            guard let subject, !problems.lines.contains(row.line) else { return nil }
            return try await problems.attempt(row, column, in: context) {
                let file = try await Cases.open(
                    version, organisation: union, subject: subject, facts: facts, in: context)
                if submit { try await Cases.submit(file, version, in: context) }
                return file.number
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
            problems.add(row, Self.number[0], "nobody is named", "Give \(pack.subject.numberTitle).")
            return (Self.number[0], nil)
        }
        let shown = Mask.number(text)
        guard let identity = try problems.collect(row, column, value: shown, { try IdentityNumber(text) }) else {
            return (column, nil)
        }
        let subject = try await CaseSubjects.find(identity, for: pack, near: union, in: context)
        if subject == nil {
            problems.add(
                row, column, value: shown,
                "nobody with this number is registered\(pack.subject == .household ? " in a household" : "")",
                "Register the person first, or look at the number again.")
        }
        return (column, subject)
    }

    private static func facts(_ row: CSV.Row, _ pack: Pack, _ problems: inout RowProblems) -> [String: JSONValue] {
        var facts: [String: JSONValue] = [:]
        for definition in pack.facts {
            guard let text = row[definition.title] else { continue }
            switch definition.value(ofCell: text) {
            case .success(let value): facts[definition.name] = value
            case .failure(let problem):
                problems.add(
                    row, definition.title, value: String(text.prefix(40)), problem.problem.en, "Correct the value.")
            }
        }
        return facts
    }
}

extension Pack.Subject {
    /// What stands in the column 编号.
    fileprivate var numberTitle: String {
        switch self {
        case .household: "the household's number"
        case .person: "the person's number"
        case .employer: "the employer's USCC"
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
