package import Contract
import FoundationEssentials
import Postgres

extension LinkUser: Executable {
    package func execute(in context: CommandContext) async throws -> UserView {
        let user = try await User.find(self.user, in: context)
        context.concerns(user.login)
        try await user.requireWhollyAdministered(in: context)
        let row = try await context.transaction.one(
            "SELECT name, person FROM relief.app_user WHERE id = \(user.id) FOR UPDATE")
        let known: UUID? = try row["person"]
        guard known == nil else {
            throw Refusal.conflict(
                Phrase(
                    "\(user.login) stands for a person already, and for good: make another user.",
                    "\(user.login) 已对应人员，不能更改：请另建用户。"), field: "user")
        }
        let found = try await Users.person(
            number: person, idNumber: idNumber, organisation: organisation, name: row["name"], in: context)
        guard let found else {
            throw Refusal.invalid(
                Phrase(
                    "Name the person, or give the identity number and the organisation.", "请指明人员编号，或身份证号和所在工会。"),
                field: "person")
        }
        try await context.transaction.execute(
            """
            UPDATE relief.app_user SET person = \(found), linked_by = \(context.principal.user) WHERE id = \(user.id)
            """)
        try await Users.tellPerson(of: user.id, in: context)
        return try await Users.view(user.id, in: context)
    }
}

extension Users {
    /// The person that a user is to stand for: by number, or by identity number, then registered in the organisation where
    /// he or she isn't yet. nil where neither is given.
    static func person(
        number: String?, idNumber: String?, organisation: String?, name: String, in context: CommandContext
    ) async throws -> UUID? {
        guard let idNumber else {
            guard let number else { return nil }
            return try await Person.find(number, in: context).id
        }
        guard number == nil, let organisation else {
            throw Refusal.invalid(
                Phrase(
                    "The identity number goes with the organisation, and without the person's number.",
                    "身份证号须与所在工会一并填写，且不再填写人员编号。"), field: "organisation")
        }
        let new = try NewPerson(name: name, idNumber: idNumber, phone: nil)
        let union = try await Organisation.find(organisation, in: context)
        let index = context.vault.blindIndex(new.identity.text, .idNumber)
        let known = try await context.transaction.first(
            """
            SELECT id, name_key = relief.name_key(\(new.name)) AS is_same FROM relief.person
            WHERE org_id = \(union.id) AND id_index = \(index)
            """)
        guard let known else { return try await new.register(in: union, context).id }
        guard try known["is_same"] else {
            throw Refusal.conflict(
                Phrase(
                    "\(union.code) knows the identity number under another name: look at who it is.",
                    "\(union.code)以另一姓名登记了该身份证号：请核对。"), field: "idNumber")
        }
        return try known["id"]
    }

    /// The log tells which person a user stands for, and whether another user did so before.
    static func tellPerson(of user: UUID, in context: CommandContext) async throws {
        let row = try await context.transaction.one(
            """
            SELECT p.number, u.who <> u.id AS is_another FROM relief.app_user u JOIN relief.person p ON p.id = u.person
            WHERE u.id = \(user)
            """)
        let number: String = try row["number"]
        context.concerns(number)
        context.note("person", .string(number))
        context.note("hasAnotherLogin", .bool(try row["is_another"]))
    }
}
