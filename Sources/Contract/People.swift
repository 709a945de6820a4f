package import WorkingDays

package struct RegisterPerson: Command {
    package typealias Reply = PersonView
    package static let name = "person.register"
    package static let summary = Phrase("Registers a person once, by identity number.", "按身份证号登记人员，一人一次。")
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/persons")
    package static let fields = [
        "organisation": FieldNote("Code of the union that registers the person.", "登记该人员的工会代码。")
    ]

    package let name: String
    package let idNumber: String
    package let phone: String?
    package let organisation: String
    package let employer: String?

    package init(name: String, idNumber: String, phone: String? = nil, organisation: String, employer: String? = nil) {
        self.name = name
        self.idNumber = idNumber
        self.phone = phone
        self.organisation = organisation
        self.employer = employer
    }
}

package struct ListPersons: Query {
    package typealias Reply = Page<PersonView>
    package static let name = "person.list"
    package static let summary = Phrase("Lists persons of a subtree.", "列出本级及下级的人员。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/persons")
    package static let fields = [
        "name": FieldNote("Beginning of the name.", "姓名的开头。"),
        "organisation": FieldNote("Code of a union: its people, and those under it.", "工会代码：本级及下级的人员。"),
    ]

    package let organisation: String?
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

package struct FindPerson: Query {
    package typealias Reply = PersonView
    package static let name = "person.find"
    package static let summary = Phrase("Finds a person by identity number.", "按身份证号查找人员。")
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/persons/find")

    package let idNumber: String

    package init(idNumber: String) {
        self.idNumber = idNumber
    }
}

package struct ShowPerson: Query {
    package typealias Reply = PersonView
    package static let name = "person.show"
    package static let summary = Phrase("Shows a person, masked.", "查看人员，敏感信息脱敏。")
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

extension PersonalField: Choice {
    package var title: Phrase {
        switch self {
        case .idNumber: Phrase("identity number", "身份证号")
        case .phone: Phrase("phone", "电话")
        }
    }
}

package struct RevealPerson: Command {
    package typealias Reply = Revealed
    package static let name = "person.reveal"
    package static let summary = Phrase(
        "Shows a personal field in the clear; who, why and when are logged.",
        "查看完整的个人信息；何人、何因、何时均记入日志。")
    package static let permission = Permission.revealPersonalData
    package static let route = Route.post("/v1/persons/{person}/reveal")
    package static let allowsDryRun = false
    package static let fields = [
        "field": FieldNote("What is to be seen.", "要查看的信息。")
    ]

    package let person: String
    package let field: PersonalField
    package let reason: String

    package init(person: String, field: PersonalField, reason: String) {
        self.person = person
        self.field = field
        self.reason = reason
    }
}

package struct CorrectPerson: Command {
    package typealias Reply = PersonView
    package static let name = "person.correct"
    package static let summary = Phrase("Corrects a name or phone number.", "更正姓名或电话。")
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

package struct RecordDeath: Command {
    package typealias Reply = PersonView
    package static let name = "person.died"
    package static let summary = Phrase(
        "Records that a person died; what is still to be paid is held.",
        "记录人员去世；尚未支付的款项暂停。")
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
    package static let summary = Phrase("Takes back a death that was recorded by mistake.", "撤销误记的去世。")
    package static let permission = Permission.reviewCases
    package static let route = Route.post("/v1/persons/{person}/alive")

    package let person: String
    package let reason: String

    package init(person: String, reason: String) {
        self.person = person
        self.reason = reason
    }
}

package struct ErasePerson: Command {
    package typealias Reply = PersonView
    package static let name = "person.erase"
    package static let summary = Phrase(
        "Destroys a person's personal data where the law asks; money and log stay.",
        "依法销毁个人信息；资金往来和日志保留。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/persons/{person}/erase")

    package let person: String
    package let reason: String

    package init(person: String, reason: String) {
        self.person = person
        self.reason = reason
    }
}

package struct DeclareKin: Command {
    package typealias Reply = PersonView
    package static let name = "person.kin"
    package static let summary = Phrase(
        "Declares that two persons are kin, so that neither decides on a case of the other.",
        "声明两人是亲属，互不经办对方的案件。")
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/persons/{person}/kin")
    package static let fields = [
        "relative": FieldNote("Number of the other person.", "另一人的编号。"),
        "relation": FieldNote("What the other is to the person: spouse, sibling and so on.", "另一人是其什么人：配偶、兄弟姐妹等。"),
    ]

    package let person: String
    package let relative: String
    package let relation: String

    package init(person: String, relative: String, relation: String) {
        self.person = person
        self.relative = relative
        self.relation = relation
    }
}

package struct JoinUnion: Command {
    package typealias Reply = PersonView
    package static let name = "membership.join"
    package static let summary = Phrase("Records that a person joined a union.", "记录入会。")
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

package struct LeaveUnion: Command {
    package typealias Reply = PersonView
    package static let name = "membership.leave"
    package static let summary = Phrase("Records that a person left a union.", "记录退会。")
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
