package import WorkingDays

/// Registers a person once, by identity number.
package struct RegisterPerson: Command {
    package typealias Reply = PersonView
    package static let name = "person.register"
    package static let summary = "Registers a person once, by identity number."
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/persons")

    package let name: String
    /// Resident identity number, 18 characters.
    package let idNumber: String
    package let phone: String?
    package let organisation: String
    /// USCC of the employer.
    package let employer: String?

    package init(name: String, idNumber: String, phone: String? = nil, organisation: String, employer: String? = nil) {
        self.name = name
        self.idNumber = idNumber
        self.phone = phone
        self.organisation = organisation
        self.employer = employer
    }
}

/// Lists persons of a subtree.
package struct ListPersons: Query {
    package typealias Reply = Page<PersonView>
    package static let name = "person.list"
    package static let summary = "Lists persons of a subtree."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/persons")

    package let organisation: String?
    /// Beginning of the name.
    package let name: String?
    package let cursor: String?
    package let limit: Int?

    package init(organisation: String? = nil, name: String? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.organisation = organisation
        self.name = name
        self.cursor = cursor
        self.limit = limit
    }
}

/// Finds a person by identity number.
package struct FindPerson: Query {
    package typealias Reply = PersonView
    package static let name = "person.find"
    package static let summary = "Finds a person by identity number."
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/persons/find")

    package let idNumber: String

    package init(idNumber: String) {
        self.idNumber = idNumber
    }
}

/// Shows a person, masked.
package struct ShowPerson: Query {
    package typealias Reply = PersonView
    package static let name = "person.show"
    package static let summary = "Shows a person, masked."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/persons/{person}")

    package let person: String

    package init(person: String) {
        self.person = person
    }
}

/// A field that is kept encrypted and shown masked.
package enum PersonalField: String, Codable, CaseIterable, Sendable {
    case idNumber
    case phone
}

/// Shows a personal field in the clear; who, why and when are logged.
package struct RevealPerson: Command {
    package typealias Reply = Revealed
    package static let name = "person.reveal"
    package static let summary = "Shows a personal field in the clear; who, why and when are logged."
    package static let permission = Permission.revealPersonalData
    package static let route = Route.post("/v1/persons/{person}/reveal")
    package static let allowsDryRun = false

    package let person: String
    package let field: PersonalField
    package let reason: String

    package init(person: String, field: PersonalField, reason: String) {
        self.person = person
        self.field = field
        self.reason = reason
    }
}

/// Corrects a name or phone number.
package struct CorrectPerson: Command {
    package typealias Reply = PersonView
    package static let name = "person.correct"
    package static let summary = "Corrects a name or phone number."
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/persons/{person}/correct")

    package let person: String
    package let name: String?
    package let phone: String?
    package let reason: String

    package init(person: String, name: String? = nil, phone: String? = nil, reason: String) {
        self.person = person
        self.name = name
        self.phone = phone
        self.reason = reason
    }
}

/// Records that a person died; what is still to be paid is held.
package struct RecordDeath: Command {
    package typealias Reply = PersonView
    package static let name = "person.died"
    package static let summary = "Records that a person died; what is still to be paid is held."
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/persons/{person}/died")

    package let person: String
    package let on: Day

    package init(person: String, on: Day) {
        self.person = person
        self.on = on
    }
}

/// Takes back a death that was recorded by mistake; what is to be paid goes on.
package struct RetractDeath: Command {
    package typealias Reply = PersonView
    package static let name = "person.alive"
    package static let summary = "Takes back a death that was recorded by mistake."
    package static let permission = Permission.reviewCases
    package static let route = Route.post("/v1/persons/{person}/alive")

    package let person: String
    package let reason: String

    package init(person: String, reason: String) {
        self.person = person
        self.reason = reason
    }
}

/// Destroys a person's personal data where the law asks; money and log stay.
package struct ErasePerson: Command {
    package typealias Reply = PersonView
    package static let name = "person.erase"
    package static let summary = "Destroys a person's personal data where the law asks; money and log stay."
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/persons/{person}/erase")

    package let person: String
    package let reason: String

    package init(person: String, reason: String) {
        self.person = person
        self.reason = reason
    }
}

/// Declares that two persons are kin, so that neither decides on a case of the other.
package struct DeclareKin: Command {
    package typealias Reply = PersonView
    package static let name = "person.kin"
    package static let summary = "Declares that two persons are kin, so that neither decides on a case of the other."
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/persons/{person}/kin")

    package let person: String
    /// Number of the other person.
    package let relative: String
    /// What the other is to the person: spouse, sibling…
    package let relation: String

    package init(person: String, relative: String, relation: String) {
        self.person = person
        self.relative = relative
        self.relation = relation
    }
}

/// Records that a person joined a union.
package struct JoinUnion: Command {
    package typealias Reply = PersonView
    package static let name = "membership.join"
    package static let summary = "Records that a person joined a union."
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/memberships")

    package let person: String
    package let organisation: String
    package let employer: String?
    package let on: Day

    package init(person: String, organisation: String, employer: String? = nil, on: Day) {
        self.person = person
        self.organisation = organisation
        self.employer = employer
        self.on = on
    }
}

/// Records that a person left a union.
package struct LeaveUnion: Command {
    package typealias Reply = PersonView
    package static let name = "membership.leave"
    package static let summary = "Records that a person left a union."
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/memberships/leave")

    package let person: String
    package let organisation: String
    package let on: Day

    package init(person: String, organisation: String, on: Day) {
        self.person = person
        self.organisation = organisation
        self.on = on
    }
}

/// A person as staff see one: personal numbers masked.
package struct PersonView: Codable, Sendable {
    package var number: String
    package var name: String
    /// The area and the year of birth, `1101051949********`; empty once erased.
    package var idNumber: String
    /// Masked.
    package var phone: String?
    package var sex: String?
    package var birthYear: Int?
    package var organisation: String
    package var employer: String?
    package var memberships: [MembershipView]
    /// Number of the household that the person is in now.
    package var household: String?
    package var diedOn: Day?
    package var erased: Bool
    package var accounts: [PayeeAccountView]
    package var warnings: [String]

    package init(
        number: String, name: String, idNumber: String, phone: String? = nil, sex: String? = nil, birthYear: Int? = nil,
        organisation: String, employer: String? = nil, memberships: [MembershipView], household: String? = nil,
        diedOn: Day? = nil, erased: Bool, accounts: [PayeeAccountView], warnings: [String]
    ) {
        self.number = number
        self.name = name
        self.idNumber = idNumber
        self.phone = phone
        self.sex = sex
        self.birthYear = birthYear
        self.organisation = organisation
        self.employer = employer
        self.memberships = memberships
        self.household = household
        self.diedOn = diedOn
        self.erased = erased
        self.accounts = accounts
        self.warnings = warnings
    }
}

/// A person's time in a union.
package struct MembershipView: Codable, Sendable {
    package var organisation: String
    package var employer: String?
    package var from: Day
    package var to: Day?

    package init(organisation: String, employer: String? = nil, from: Day, to: Day? = nil) {
        self.organisation = organisation
        self.employer = employer
        self.from = from
        self.to = to
    }
}

/// A personal field in the clear.
package struct Revealed: Codable, Sendable {
    package var value: String

    package init(value: String) {
        self.value = value
    }
}
