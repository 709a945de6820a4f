package import FoundationEssentials
package import WorkingDays

/// Level of a hardship archive: 深度困难, 相对困难, 意外致困.
package enum ArchiveLevel: String, Codable, CaseIterable, Sendable {
    case deep
    case relative
    case accident
}

extension ArchiveLevel: Choice {
    package var title: Phrase {
        switch self {
        case .deep: Phrase("deep", "深度困难")
        case .relative: Phrase("relative", "相对困难")
        case .accident: Phrase("accident", "意外致困")
        }
    }
}

package struct OpenHousehold: Command {
    package typealias Reply = HouseholdView
    package static let name = "household.open"
    package static let summary = Phrase("Opens the one record of a household.", "建立家庭户。")
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/households")
    package static let fields = [
        "head": FieldNote("Number of the person who is its head.", "户主的人员编号。"),
        "members": FieldNote(
            "A member but the head, PERSON:relation; repeat for more.",
            "户主以外的成员，写作“人员编号:关系”；可重复。", name: "member"),
    ]

    package let organisation: String
    package let head: String
    package let address: String?
    package let members: [HouseholdMember]

    package init(organisation: String, head: String, address: String? = nil, members: [HouseholdMember]) {
        self.organisation = organisation
        self.head = head
        self.address = address
        self.members = members
    }
}

package struct JoinHousehold: Command {
    package typealias Reply = HouseholdView
    package static let name = "household.join"
    package static let summary = Phrase("Adds a member.", "添加家庭成员。")
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/households/{household}/join")

    package let household: String
    package let person: String
    package let relation: String
    package let on: Day

    package init(household: String, person: String, relation: String, on: Day) {
        self.household = household
        self.person = person
        self.relation = relation
        self.on = on
    }
}

package struct LeaveHousehold: Command {
    package typealias Reply = HouseholdView
    package static let name = "household.leave"
    package static let summary = Phrase("Ends a member's time in the household.", "终止成员与本户的关系。")
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/households/{household}/leave")

    package let household: String
    package let person: String
    package let on: Day
    package let reason: String

    package init(household: String, person: String, on: Day, reason: String) {
        self.household = household
        self.person = person
        self.on = on
        self.reason = reason
    }
}

package struct ListHouseholds: Query {
    package typealias Reply = Page<HouseholdView>
    package static let name = "household.list"
    package static let summary = Phrase("Lists households of a subtree.", "列出本级及下级的家庭户。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/households")

    package let organisation: String?
    package let cursor: String?
    package let limit: Int?

    package init(organisation: String? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.organisation = organisation
        self.cursor = cursor
        self.limit = limit
    }
}

package struct ShowHousehold: Query {
    package typealias Reply = HouseholdView
    package static let name = "household.show"
    package static let summary = Phrase("Shows a household and its archive.", "查看家庭户及其档案。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/households/{household}")

    package let household: String

    package init(household: String) {
        self.household = household
    }
}

package struct ImportHouseholds: Command {
    package typealias Reply = ImportReport
    package static let name = "household.import"
    package static let summary = Phrase(
        "Registers households from a roster: 户号,姓名,身份证号,手机,关系,用人单位,户名,开户行,联行号,账号.",
        "按花名册登记家庭户：“户号,姓名,身份证号,手机,关系,用人单位,户名,开户行,联行号,账号”。")
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/households/import")

    package let organisation: String
    package let csv: Data
    package let mode: ImportMode

    package init(organisation: String, csv: Data, mode: ImportMode) {
        self.organisation = organisation
        self.csv = csv
        self.mode = mode
    }
}

/// A member as given.
package struct HouseholdMember: Codable, Sendable {
    package var person: String
    /// To the head: spouse, child, parent…
    package var relation: String

    package init(person: String, relation: String) {
        self.person = person
        self.relation = relation
    }
}

/// A household: one household, one archive.
package struct HouseholdView: Codable, Sendable {
    package var number: String
    package var organisation: String
    /// Person number; nil where the head has moved to another union.
    package var head: String?
    package var address: String?
    package var members: [MemberView]
    package var archive: ArchiveView?
    package var warnings: [String]

    package init(
        number: String, organisation: String, head: String?, address: String? = nil, members: [MemberView],
        archive: ArchiveView? = nil, warnings: [String]
    ) {
        self.number = number
        self.organisation = organisation
        self.head = head
        self.address = address
        self.members = members
        self.archive = archive
        self.warnings = warnings
    }
}

/// A member's time in a household.
package struct MemberView: Codable, Sendable {
    /// nil, as the name, where `elsewhere` says so.
    package var person: String?
    package var name: String?
    package var relation: String
    /// Masked.
    package var idNumber: String
    package var from: Day
    package var to: Day?
    /// Why nothing is told: the person has moved to another union.
    package var elsewhere: Phrase?

    package init(
        person: String?, name: String?, relation: String, idNumber: String, from: Day, to: Day? = nil,
        elsewhere: Phrase? = nil
    ) {
        self.person = person
        self.name = name
        self.elsewhere = elsewhere
        self.relation = relation
        self.idNumber = idNumber
        self.from = from
        self.to = to
    }
}

/// A hardship archive (困难职工档案).
package struct ArchiveView: Codable, Sendable {
    package var level: ArchiveLevel
    package var from: Day
    package var until: Day?
    /// The case that made it; nil where it was taken over.
    package var caseNumber: String?
    /// Its number in the national system, where it was taken over from there.
    package var nationalNumber: String?
    package var active: Bool

    package init(
        level: ArchiveLevel, from: Day, until: Day? = nil, caseNumber: String? = nil, nationalNumber: String? = nil,
        active: Bool
    ) {
        self.level = level
        self.from = from
        self.until = until
        self.caseNumber = caseNumber
        self.nationalNumber = nationalNumber
        self.active = active
    }
}
