package import Contract
import FoundationEssentials
import Postgres

extension ImportHouseholds: Executable {
    /// Registers the people of a roster who aren't yet, opens their households, and names their accounts. A household is
    /// taken as a whole or not at all; with `all`, one problem anywhere leaves everything undone. What the register has
    /// already stays as it is: the report says what the file has otherwise. A dry run gives the same report.
    package func execute(in context: CommandContext) async throws -> ImportReport {
        let union = try await Organisation.find(organisation, in: context)
        context.concerns(union.code)
        var roster = try Roster(csv)
        try await roster.lookUp(union: union, in: context)
        for clash in roster.clashes { context.met(clash) }
        let homes = roster.newHomes(mode)
        let persons = try await register(homes.flatMap(\.rows), roster, union: union, in: context)
        let numbers = try await open(homes, persons, union: union, in: context)
        try await nameAccounts(homes.flatMap(\.rows) + roster.standingWithAccount(mode), roster, persons, in: context)
        let report = roster.report(
            mode, numbers: Dictionary(uniqueKeysWithValues: zip(homes.map(\.name), numbers)), created: numbers)
        context.note("rows", .int(Int64(report.rows)))
        context.note("accepted", .int(Int64(report.accepted)))
        return report
    }

    /// Everybody of the roster whom the union knows: before, or from now on.
    private func register(
        _ members: [Roster.Member], _ roster: Roster, union: Organisation, in context: CommandContext
    ) async throws -> [IdentityNumber: AccountOwner] {
        var owners = roster.known.mapValues {
            AccountOwner(number: $0.number, person: $0.id, organisation: nil, name: $0.name, path: union.path)
        }
        let new = members.filter { owners[$0.person.identity] == nil }
        let numbers = try await Numbers.take(.person, of: union, count: new.count, in: context.transaction)
        var statements: [SQL] = []
        for (member, number) in zip(new, numbers) {
            let id = UUID()
            statements.append(try member.person.insertion(id, number: number, union: union, in: context))
            owners[member.person.identity] = AccountOwner(
                number: number, person: id, organisation: nil, name: member.person.name, path: union.path)
        }
        try await send(statements, in: context)
        for member in members { if let owner = owners[member.person.identity] { context.concerns(owner.number) } }
        return owners
    }

    private func nameAccounts(
        _ members: [Roster.Member], _ roster: Roster, _ owners: [IdentityNumber: AccountOwner],
        in context: CommandContext
    ) async throws {
        let endOfCoolingOff = try await Accounts.endOfCoolingOff(in: context)
        var statements: [SQL] = []
        var elsewhere: [(index: [UInt8], owner: String, path: String)] = []
        for member in members where roster.takesAccount(of: member) {
            guard let account = member.account, let owner = owners[member.person.identity] else { continue }
            let doubts = roster.doubts[member.row.line] ?? []
            context.concerns(owner.number)
            if roster.sharedElsewhere.contains(member.row.line) {
                elsewhere.append((context.vault.blindIndex(account.number.text, .account), owner.number, owner.path))
            }
            statements.append(
                try account.insertion(
                    UUID(), owner: owner, usableFrom: doubts.isEmpty ? nil : endOfCoolingOff, doubts: doubts,
                    in: context))
        }
        if !elsewhere.isEmpty { try await Accounts.noteClashes(elsewhere, in: context) }
        try await send(statements, in: context)
    }

    private func open(
        _ homes: [Roster.Home], _ persons: [IdentityNumber: AccountOwner], union: Organisation,
        in context: CommandContext
    ) async throws -> [String] {
        let numbers = try await Numbers.take(.household, of: union, count: homes.count, in: context.transaction)
        var statements: [SQL] = []
        for (home, number) in zip(homes, numbers) {
            guard let head = persons[home.head.person.identity]?.person else { continue }
            let members = home.rows.filter { !$0.isHead }.compactMap { row in
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
        do {
            for start in stride(from: 0, to: statements.count, by: 200) {
                _ = try await context.transaction.pipeline(
                    Array(statements[start..<min(start + 200, statements.count)]))
            }
        } catch let error as PostgresError where error.sqlState == "23505" {
            throw Refusal.conflict(
                Phrase(
                    "Somebody registered one of them at this moment: send the file again.", "有人刚刚登记了其中一人：请重新导入。"),
                field: "csv")
        }
    }
}
