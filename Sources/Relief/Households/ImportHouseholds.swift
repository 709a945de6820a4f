package import Contract
import FoundationEssentials
import Postgres

extension ImportHouseholds: Executable {
    /// Registers the people of a roster who aren't yet, opens their households, and names their accounts. A household is
    /// taken as a whole or not at all; with `all`, one problem anywhere leaves everything undone.
    package func execute(in context: CommandContext) async throws -> ImportReport {
        let union = try await Organisation.find(organisation, in: context)
        context.concerns(union.code)
        var roster = try Roster(csv)
        try await roster.lookUp(union: union, in: context)
        let homes = roster.sound(mode)
        let persons = try await insertPeople(of: homes, roster, union: union, in: context)
        let created = try await open(homes, persons, union: union, in: context)
        let accepted = homes.reduce(0) { $0 + $1.rows.count }
        context.note("rows", .int(Int64(roster.rows)))
        context.note("accepted", .int(Int64(accepted)))
        let taken = Set(homes.flatMap(\.rows).map(\.row.line))
        return ImportReport(
            rows: roster.rows, accepted: accepted, refused: roster.rows - accepted,
            problems: (roster.problems.sorted + roster.notes.sorted.filter { taken.contains($0.line) }),
            created: created)
    }

    /// The row of each member, made where the union doesn't know the person yet.
    private func insertPeople(
        of homes: [Roster.Home], _ roster: Roster, union: Organisation, in context: CommandContext
    ) async throws -> [IdentityNumber: AccountOwner] {
        let (members, known) = (homes.flatMap(\.rows), roster.known)
        let endOfCoolingOff = try await Accounts.endOfCoolingOff(in: context)
        let new = members.filter { known[$0.person.identity] == nil }
        var numbers = try await Numbers.take(.person, of: union, count: new.count, in: context.transaction)[...]
        var owners: [IdentityNumber: AccountOwner] = [:]
        var statements: [SQL] = []
        for member in members {
            let person =
                known[member.person.identity]
                ?? Roster.Known(id: UUID(), number: numbers.popFirst() ?? "", name: member.person.name)
            if known[member.person.identity] == nil {
                statements.append(
                    try member.person.insertion(person.id, number: person.number, union: union, in: context))
            }
            context.concerns(person.number)
            owners[member.person.identity] = AccountOwner(
                number: person.number, person: person.id, organisation: nil, name: member.person.name, path: union.path)
        }
        for member in members where known[member.person.identity]?.hasAccount != true {
            if let account = member.account, let owner = owners[member.person.identity] {
                let usableFrom = roster.doubtfulAccounts.contains(member.row.line) ? endOfCoolingOff : nil
                statements.append(try account.insertion(UUID(), owner: owner, usableFrom: usableFrom, in: context))
            }
        }
        do {
            try await send(statements, in: context)
        } catch let error as PostgresError where error.sqlState == "23505" {
            throw Refusal.conflict("Somebody registered one of them at this moment: send the file again.", field: "csv")
        }
        return owners
    }

    private func open(
        _ homes: [Roster.Home], _ persons: [IdentityNumber: AccountOwner], union: Organisation,
        in context: CommandContext
    ) async throws -> [String] {
        let numbers = try await Numbers.take(.household, of: union, count: homes.count, in: context.transaction)
        var statements: [SQL] = []
        for (home, number) in zip(homes, numbers) {
            guard let head = persons[home.head.person.identity]?.person else { continue }
            let members = home.rows.filter { $0.relation != "head" }.compactMap { row in
                persons[row.person.identity]?.person.map {
                    NewHousehold.Member(person: $0, relation: row.relation)
                }
            }
            let household = NewHousehold(number: number, head: head, address: nil, members: members)
            statements += household.insertions(union: union, in: context)
            context.concerns(number)
        }
        do {
            try await send(statements, in: context)
        } catch let error as PostgresError {
            throw NewHousehold.refusal(error, field: "csv")
        }
        return numbers
    }

    /// In parts, so that neither side has to hold thousands of answers.
    private func send(_ statements: [SQL], in context: CommandContext) async throws {
        for start in stride(from: 0, to: statements.count, by: 200) {
            _ = try await context.transaction.pipeline(Array(statements[start..<min(start + 200, statements.count)]))
        }
    }
}
