package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension OpenHousehold: Executable {
    package func execute(in context: CommandContext) async throws -> HouseholdView {
        let union = try await Organisation.find(organisation, in: context)
        let first = try await Person.find(head, field: "head", in: context)
        try first.requireKept(field: "head")
        var found: [NewHousehold.Member] = []
        for (index, member) in members.enumerated() {
            let field = "members.\(index).person"
            let person = try await Person.find(member.person, field: field, in: context)
            try person.requireKept(field: field)
            let relation = try Self.relation(member.relation, field: "members.\(index).relation")
            guard person.id != first.id, !found.contains(where: { $0.person == person.id }) else {
                throw Refusal.invalid(
                    Phrase(
                        "\(person.number) stands twice in the household.",
                        "\(person.number) 在该户中出现了两次。"), field: field)
            }
            found.append(NewHousehold.Member(person: person.id, relation: relation))
        }
        let number = try await Numbers.next(.household, of: union, in: context.transaction)
        context.concerns(number)
        for person in [head] + members.map(\.person) { context.concerns(person) }
        let place = address.map(FreeText.cleaned)
        let household = NewHousehold(
            number: number, head: first.id, address: place?.isEmpty == true ? nil : place, members: found)
        try await NewHousehold.refuseElsewhere(
            [first.id] + found.map(\.person), from: context.today, field: "members", in: context)
        do {
            _ = try await context.transaction.pipeline(household.insertions(union: union, in: context))
        } catch let error as PostgresError {
            throw NewHousehold.refusal(error, field: "members")
        }
        return try await Households.view(household.id, in: context)
    }

    static func relation(_ text: String, field: String) throws -> String {
        let relation = try NameText.checked(text, .person, Household.relation, field: field, longest: 20)
        guard relation != "head" else {
            throw Refusal.invalid(
                Phrase(
                    "Say how the member is related to the head: spouse, child, parent…", "请写明与户主的关系：配偶、子女、父母……"),
                field: field)
        }
        return relation
    }
}

extension JoinHousehold: Executable {
    package func execute(in context: CommandContext) async throws -> HouseholdView {
        let home = try await Household.find(household, in: context)
        let found = try await Person.find(person, in: context)
        try found.requireKept()
        context.concerns(home.number)
        context.concerns(found.number)
        let relation = try OpenHousehold.relation(relation, field: "relation")
        try await NewHousehold.refuseElsewhere([found.id], from: on, field: "person", in: context)
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.household_member (id, household, person, relation, valid)
                VALUES (\(UUID()), \(home.id), \(found.id), \(relation), daterange(\(on), NULL))
                """)
        } catch let error as PostgresError {
            throw NewHousehold.refusal(error, field: "person")
        }
        return try await Households.view(home.id, in: context)
    }
}

extension LeaveHousehold: Executable {
    /// `on` is the first day on which the person is no member. The head can't leave: the household is theirs.
    package func execute(in context: CommandContext) async throws -> HouseholdView {
        let home = try await Household.find(household, in: context)
        let found = try await Person.find(person, in: context)
        context.concerns(home.number)
        context.concerns(found.number)
        let why = try await PublicReason.checked(reason, without: [found.name], in: context)
        context.note("reason", .string(why))
        guard found.id != home.head else {
            throw Refusal.conflict(
                Phrase(
                    "\(found.number) is the head of \(home.number), and the record is under that name.",
                    "\(found.number) 是 \(home.number) 的户主，户以其名登记。"), field: "person")
        }
        let ended = try await context.transaction.execute(
            """
            UPDATE relief.household_member SET valid = daterange(lower(valid), \(on)), left_reason = \(why)
            WHERE household = \(home.id) AND person = \(found.id) AND upper_inf(valid) AND lower(valid) < \(on)
            """)
        guard ended == 1 else {
            throw Refusal.conflict(
                Phrase(
                    "\(found.number) was not in \(home.number) before \(on).",
                    "\(found.number) 在 \(on) 之前不在 \(home.number)。"), field: "on")
        }
        return try await Households.view(home.id, in: context)
    }
}
