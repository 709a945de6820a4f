package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// A person's particulars, checked, before they are a row.
struct NewPerson: Sendable {
    let name: String
    let identity: IdentityNumber
    let phone: PhoneNumber?
    var employer: UUID?

    init(name: String, identity: IdentityNumber, phone: PhoneNumber?) {
        (self.name, self.identity, self.phone) = (name, identity, phone)
    }

    /// Refuses all that is wrong at once.
    init(name: String, idNumber: String, phone: String?) throws {
        var problems = Problems()
        let checked = try problems.collect { try NameText.checked(name, .person, field: "name") }
        let identity = try problems.collect { try IdentityNumber(idNumber) }
        let number = try problems.collect { try phone.map { try PhoneNumber($0) } }
        try problems.throwAny()
        guard let checked, let identity, let number else {
            throw Refusal.invalid(Phrase("The person's particulars must be complete.", "人员信息不完整。"))
        }
        (self.name, self.identity, self.phone) = (checked, identity, number)
    }

    /// The statement that makes the row.
    func insertion(
        _ id: UUID, number: String, union: Organisation, in context: CommandContext
    ) throws -> SQL {
        let vault = context.vault
        let sealed = try vault.seal(identity.text, .idNumber, row: id)
        let index = vault.blindIndex(identity.text, .idNumber)
        let sealedPhone = try phone.map { try vault.seal($0.text, .phone, row: id) }
        let phoneIndex = phone.map { vault.blindIndex($0.text, .phone) }
        return """
            INSERT INTO relief.person (id, number, name, id_number, id_index, id_masked, phone, phone_index, phone_masked,
                                       employer, org_id, org_path, created_at)
            VALUES (\(id), \(number), normalize(\(name)), \(sealed), \(index), \(identity.masked), \(sealedPhone), \(phoneIndex),
                    \(phone?.masked), \(employer), \(union.id),
                    \(union.path)::ltree, \(context.now))
            """
    }
}

extension RegisterPerson: Executable {
    /// One person, one row in each union. That another union knows the person too is said only where the asker may see it.
    package func execute(in context: CommandContext) async throws -> PersonView {
        var new = try NewPerson(name: name, idNumber: idNumber, phone: phone)
        let union = try await Organisation.find(organisation, in: context)
        if let employer { new.employer = try await Employer.find(employer, near: union, in: context).id }
        let (id, warnings) = try await new.register(in: union, context)
        return try await People.view(id, warnings: warnings, in: context)
    }
}

extension NewPerson {
    /// Puts the row. Refuses who is registered in the union already.
    func register(in union: Organisation, _ context: CommandContext) async throws -> (id: UUID, warnings: [String]) {
        let index = context.vault.blindIndex(identity.text, .idNumber)
        let known = try await context.transaction.query(
            """
            SELECT p.number, p.org_id, o.code FROM relief.person p JOIN relief.organisation o ON o.id = p.org_id
            WHERE p.id_index = \(index) ORDER BY p.number_key
            """)
        var warnings: [String] = []
        for row in known {
            let (number, code, id): (String, String, UUID) = (try row["number"], try row["code"], try row["org_id"])
            if id == union.id { throw Self.isKnown(code, as: number) }
            warnings.append("\(code) knows the same person as \(number).")
        }
        let number = try await Numbers.next(.person, of: union, in: context.transaction)
        let id = UUID()
        context.concerns(number)
        do {
            try await context.transaction.execute(try insertion(id, number: number, union: union, in: context))
        } catch let error as PostgresError where error.constraint == "person_once_per_union" {
            throw Self.isKnown(union.code, as: nil)
        }
        return (id, warnings)
    }

    private static func isKnown(_ union: String, as number: String?) -> Refusal {
        .conflict(
            number.map {
                Phrase(
                    "\(union) knows this person already as \($0): one person is registered once.",
                    "此人已在\(union)登记为 \($0)：一人只登记一次。")
            }
                ?? Phrase(
                    "\(union) knows this person already: one person is registered once.", "此人已在\(union)登记：一人只登记一次。"),
            field: "idNumber")
    }
}
