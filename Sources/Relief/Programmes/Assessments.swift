import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Whom a case is about.
struct CaseSubject: Sendable {
    var household: UUID?
    var person: UUID?
    var employer: UUID?

    var kind: SubjectKind { person != nil ? .person : household != nil ? .household : .employer }

    /// The one that the programme grants to.
    func owner(of pack: Pack) -> UUID? {
        switch pack.subject {
        case .household: household
        case .person: person
        case .employer: employer
        }
    }
}

/// Gathers what a pack reads of a case.
enum Assessments {
    /// `caseID`: the case itself, whose own award doesn't count as earlier aid.
    ///
    /// Looks over the whole tree, so that everybody who asks about a case gets the same answer: a member of the household
    /// may be known to another union, and aid counts wherever it was granted. No name or number leaves it.
    static func gather(
        _ subject: CaseSubject, caseID: UUID, facts: [String: JSONValue], submittedOn: Day? = nil, path: String,
        pack: Pack, in context: some OperationContext
    ) async throws -> AssessmentInputs {
        try await context.seeingAll { _ in
            var inputs = try await look(subject, caseID: caseID, facts: facts, path: path, pack: pack, in: context)
            inputs.submittedOn = submittedOn
            return inputs
        }
    }

    private static func look(
        _ subject: CaseSubject, caseID: UUID, facts: [String: JSONValue], path: String, pack: Pack,
        in context: some OperationContext
    ) async throws -> AssessmentInputs {
        var inputs = AssessmentInputs(
            today: context.today, facts: facts, fees: [:], aidThisYear: 0,
            parameters: try await Parameters.inForce(pack.parameters, at: path, on: context.today, in: context))
        if pack.parameters.contains(where: { inputs.parameters[$0] == nil }) {
            inputs.waiting = try await Parameters.waiting(pack.parameters, at: path, on: context.today, in: context)
        }
        if pack.countsWorkingDays { inputs.calendar = try await Calendars.current(in: context) }
        if let person = subject.person {
            let row = try await context.transaction.one("SELECT id, id_number FROM relief.person WHERE id = \(person)")
            let birth = try IdentityNumber(row, context.vault)?.birthDay
            inputs.applicant = AssessmentInputs.Person(age: age(birth, on: context.today), relation: nil)
        }
        if let household = subject.household {
            inputs.household = try await members(of: household, in: context)
            inputs.archive = try await archive(of: household, in: context)
        }
        if let employer = subject.employer {
            inputs.employerKind = try await context.transaction.value(
                "SELECT kind FROM relief.employer WHERE id = \(employer)")
            inputs.fees = try await fees(of: employer, in: context)
        }
        if let item = pack.item, let owner = subject.owner(of: pack) {
            inputs.aidThisYear = try await aid(item: item, owner: owner, besides: caseID, in: context)
        }
        return inputs
    }

    static func age(_ birth: Day?, on day: Day) -> Int? {
        guard let birth else { return nil }
        let hadBirthday = (day.month, day.day) >= (birth.month, birth.day)
        return day.year - birth.year - (hadBirthday ? 0 : 1)
    }

    private static func members(of household: UUID, in context: some OperationContext) async throws -> [AssessmentInputs
        .Person]
    {
        let rows = try await context.transaction.query(
            """
            SELECT m.relation, p.id, p.id_number FROM relief.household_member m JOIN relief.person p ON p.id = m.person
            WHERE m.household = \(household) AND m.valid @> \(context.today) AND p.died_on IS NULL
            ORDER BY p.id
            """)
        let people = try rows.map { row in
            (relation: try row["relation"] as String, birth: try IdentityNumber(row, context.vault)?.birthDay)
        }
        // The eldest first; whose age nobody knows any more, last.
        return people.enumerated().sorted { one, other in
            (one.element.birth?.number ?? .max, one.offset) < (other.element.birth?.number ?? .max, other.offset)
        }.map { AssessmentInputs.Person(age: age($0.element.birth, on: context.today), relation: $0.element.relation) }
    }

    private static func archive(of household: UUID, in context: some OperationContext) async throws -> AssessmentInputs
        .Archive?
    {
        let row = try await context.transaction.first(
            "SELECT level, archived_on FROM relief.archive WHERE household = \(household) AND ended_at IS NULL")
        guard let row else { return nil }
        return AssessmentInputs.Archive(level: try row["level"], since: try row["archived_on"])
    }

    private static func fees(of employer: UUID, in context: some OperationContext) async throws -> [Int: Int64] {
        let rows = try await context.transaction.query(
            "SELECT year, sum(amount)::bigint AS total FROM relief.remittance WHERE employer = \(employer) GROUP BY year"
        )
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0["year"], try $0["total"]) })
    }

    /// What was awarded this year to the same beneficiary, under whichever union's row.
    private static func aid(
        item: String, owner: UUID, besides own: UUID, in context: some OperationContext
    ) async throws -> Int64 {
        let start = Day(year: context.today.year, month: 1, day: 1) ?? context.today
        return try await context.transaction.value(
            """
            SELECT coalesce(sum(i.amount), 0)::bigint
            FROM (SELECT array_agg(s.id) AS ids FROM relief.same_beneficiary(\(owner), \(context.today)) AS s (id)) AS same
            JOIN relief.case_file c
              ON c.person = ANY (same.ids) OR c.household = ANY (same.ids) OR c.employer = ANY (same.ids)
            JOIN relief.award a ON a.case_id = c.id JOIN relief.instalment i ON i.award = a.id
            WHERE a.item = \(item) AND c.id <> \(own) AND a.approved_at >= \(start.start()) AND i.state <> 'stopped'
            """)
    }
}
