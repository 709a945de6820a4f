package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension JoinUnion: Executable {
    package func execute(in context: CommandContext) async throws -> PersonView {
        let found = try await Person.find(person, in: context)
        try found.requireKept()
        let union = try await Organisation.find(organisation, in: context)
        context.concerns(found.number)
        context.concerns(union.code)
        var unit: UUID?
        if let employer { unit = try await Employer.find(employer, near: union, in: context).id }
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.membership (id, person, org_id, employer, valid)
                VALUES (\(UUID()), \(found.id), \(union.id), \(unit), daterange(\(on), NULL))
                """)
        } catch let error as PostgresError where error.constraint == "one_membership_per_union" {
            throw Refusal.conflict(
                Phrase(
                    "\(found.number) is a member of \(union.code) on \(on) or later already.",
                    "\(found.number) 在 \(on) 或之后已是 \(union.code) 的会员。"), field: "on")
        }
        return try await People.view(found.id, in: context)
    }
}

extension LeaveUnion: Executable {
    /// `on` is the first day on which the person is no member.
    package func execute(in context: CommandContext) async throws -> PersonView {
        let found = try await Person.find(person, in: context)
        let union = try await Organisation.find(organisation, in: context)
        context.concerns(found.number)
        context.concerns(union.code)
        let ended = try await context.transaction.execute(
            """
            UPDATE relief.membership SET valid = daterange(lower(valid), \(on))
            WHERE person = \(found.id) AND org_id = \(union.id) AND upper_inf(valid) AND lower(valid) < \(on)
            """)
        guard ended == 1 else {
            throw Refusal.conflict(
                Phrase(
                    "\(found.number) was no member of \(union.code) before \(on).",
                    "\(found.number) 在 \(on) 之前不是 \(union.code) 的会员。"), field: "on")
        }
        return try await People.view(found.id, in: context)
    }
}
