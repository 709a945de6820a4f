package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension RevealPerson: Executable {
    /// A command, so that who saw it, and why, is in the log whatever happens after.
    package func execute(in context: CommandContext) async throws -> Revealed {
        let found = try await Person.find(person, in: context)
        context.concerns(found.number)
        context.note("field", .string(field.rawValue))
        context.note("reason", .string(try await PublicReason.checked(reason, without: [found.name], in: context)))
        let row = try await context.transaction.one("SELECT id_number, phone FROM relief.person WHERE id = \(found.id)")
        let secret: SecretField = field == .phone ? .phone : .idNumber
        let column = field == .phone ? "phone" : "id_number"
        guard let sealed: [UInt8] = try row[column] else {
            throw Refusal.conflict(
                Phrase(
                    "\(found.number) has no \(field.rawValue).",
                    "\(found.number) 没有登记\(field.title.zh)。"), field: "field")
        }
        return Revealed(value: try context.vault.open(sealed, secret, row: found.id))
    }
}

extension CorrectPerson: Executable {
    package func execute(in context: CommandContext) async throws -> PersonView {
        let found = try await Person.find(person, in: context)
        try found.requireKept()
        context.concerns(found.number)
        let why = try await PublicReason.checked(reason, without: [found.name, name ?? ""], in: context)
        context.note("reason", .string(why))
        guard name != nil || phone != nil else {
            throw Refusal.invalid(
                Phrase(
                    "Give the name or the phone number that is right.",
                    "请给出正确的姓名或电话。"), field: "name")
        }
        if let name {
            let right = try NameText.checked(name, .person, field: "name")
            try await context.transaction.execute(
                "UPDATE relief.person SET name = normalize(\(right)), salt = \(UUID()) WHERE id = \(found.id)")
        }
        if let phone {
            let number = try PhoneNumber(phone)
            try await context.transaction.execute(
                """
                UPDATE relief.person SET phone = \(try context.vault.seal(number.text, .phone, row: found.id)),
                    phone_index = \(context.vault.blindIndex(number.text, .phone)), phone_masked = \(number.masked)
                WHERE id = \(found.id)
                """)
        }
        return try await People.view(found.id, in: context)
    }
}

extension RecordDeath: Executable {
    /// From then on no run takes up what is still to be paid to the person.
    package func execute(in context: CommandContext) async throws -> PersonView {
        let found = try await Person.find(person, in: context)
        try found.requireKept()
        context.concerns(found.number)
        try ActDay.check(on, in: context)
        let kept = try await context.transaction.one("SELECT id, id_number FROM relief.person WHERE id = \(found.id)")
        if let identity = try IdentityNumber(kept, context.vault), on < identity.birthDay {
            throw Refusal.invalid(
                Phrase("\(on) is before the person's birth.", "\(on) 早于此人的出生日期。"), field: "on")
        }
        let changed = try await context.transaction.execute(
            """
            UPDATE relief.person SET died_on = \(on), death_recorded_by = \(context.principal.user), death_retracted_by = NULL
            WHERE id = \(found.id) AND died_on IS NULL
            """)
        guard changed == 1 else {
            throw Refusal.conflict(
                Phrase("The death of \(found.number) is recorded already.", "\(found.number) 已登记去世。"), field: "person")
        }
        return try await People.view(found.id, in: context)
    }
}

extension RetractDeath: Executable {
    /// Lifts the stop of payments: the database refuses who recorded the death, and who is close to the person.
    package func execute(in context: CommandContext) async throws -> PersonView {
        let found = try await Person.find(person, in: context)
        context.concerns(found.number)
        context.note("reason", .string(try await PublicReason.checked(reason, without: [found.name], in: context)))
        guard found.diedOn != nil else {
            throw Refusal.conflict(
                Phrase(
                    "No death of \(found.number) is recorded.",
                    "没有登记 \(found.number) 去世。"), field: "person")
        }
        try await context.transaction.execute(
            """
            UPDATE relief.person SET died_on = NULL, death_retracted_by = \(context.principal.user) WHERE id = \(found.id)
            """)
        return try await People.view(found.id, in: context)
    }
}

extension DeclareKin: Executable {
    /// Said once, it holds both ways: neither decides on a case of the other.
    package func execute(in context: CommandContext) async throws -> PersonView {
        let found = try await Person.find(person, in: context)
        let kin = try await Person.find(relative, field: "relative", in: context)
        context.concerns(found.number)
        context.concerns(kin.number)
        guard found.id != kin.id else {
            throw Refusal.invalid(
                Phrase(
                    "Nobody is a relative of oneself.",
                    "本人不能是自己的亲属。"), field: "relative")
        }
        let related = try NameText.checked(relation, .person, Household.relation, field: "relation", longest: 20)
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.kinship (id, person, relative, relation)
                VALUES (\(UUID()), \(found.id), \(kin.id), \(related))
                """)
        } catch let error as PostgresError where error.sqlState == "23505" {
            throw Refusal.conflict(
                Phrase(
                    "\(kin.number) is declared as kin of \(found.number) already.",
                    "\(kin.number) 与 \(found.number) 的亲属关系已经声明。"), field: "relative")
        }
        return try await People.view(found.id, in: context)
    }
}
