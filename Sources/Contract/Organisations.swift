package import WorkingDays

/// A union's place in the tree.
package enum UnionLevel: String, Codable, CaseIterable, Sendable {
    case nation
    case province
    case city
    case county
    case grassroots
}

extension UnionLevel: Choice {
    package var title: Phrase {
        switch self {
        case .nation: Phrase("nation", "全国")
        case .province: Phrase("province", "省级")
        case .city: Phrase("city", "市级")
        case .county: Phrase("county", "县级")
        case .grassroots: Phrase("grassroots", "基层")
        }
    }
}

/// A union of a territory, or of an industry (产业工会).
package enum UnionLine: String, Codable, CaseIterable, Sendable {
    case territory
    case industry
}

extension UnionLine: Choice {
    package var title: Phrase {
        switch self {
        case .territory: Phrase("territory", "地方")
        case .industry: Phrase("industry", "产业")
        }
    }
}

package struct CreateOrganisation: Command {
    package typealias Reply = OrganisationView
    package static let name = "organisation.create"
    package static let summary = Phrase("Adds a union to the tree.", "在工会组织体系中新增工会。")
    package static let permission = Permission.manageOrganisations
    package static let route = Route.post("/v1/organisations")
    package static let fields = [
        "code": FieldNote("Unique, letters, digits and underscore: a label of its path.", "唯一：字母、数字和下划线，作为路径中的一段。"),
        "level": FieldNote("Level of the union.", "工会层级。"),
        "line": FieldNote("By territory or by industry.", "地方工会或产业工会。"),
        "parent": FieldNote(
            "Code of the parent that also funds it; none only for the root.",
            "同时拨付经费的上级工会代码；只有最上级可不写。"),
        "region": FieldNote("GB/T 2260 code of its region.", "所在地区的 GB/T 2260 代码。"),
    ]

    package let code: String
    package let name: String
    package let level: UnionLevel
    package let line: UnionLine
    package let parent: String?
    package let region: String?

    package init(
        code: String, name: String, level: UnionLevel, line: UnionLine, parent: String? = nil, region: String? = nil
    ) {
        self.code = code
        self.name = name
        self.level = level
        self.line = line
        self.parent = parent
        self.region = region
    }
}

/// Puts a union under a further or another parent from a day on.
package struct AttachOrganisation: Command {
    package typealias Reply = OrganisationView
    package static let name = "organisation.attach"
    package static let summary = Phrase(
        "Puts a union under a further or another parent from a day on, and says what moves.",
        "自某日起为工会增加或更换上级，并说明随之变动的内容。")
    package static let permission = Permission.manageOrganisations
    package static let route = Route.post("/v1/organisations/{organisation}/attach")
    package static let fields = [
        "organisation": FieldNote("Code of the union.", "工会代码。"),
        "from": FieldNote("The day from which it holds.", "自哪一日起。"),
    ]

    package let organisation: String
    package let parent: String
    package let fundParent: Bool
    package let from: Day

    package init(organisation: String, parent: String, fundParent: Bool, from: Day) {
        self.organisation = organisation
        self.parent = parent
        self.fundParent = fundParent
        self.from = from
    }
}

package struct ListOrganisations: Query {
    package typealias Reply = Page<OrganisationView>
    package static let name = "organisation.list"
    package static let summary = Phrase("Lists unions of a subtree.", "列出某工会之下的各级工会。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/organisations")
    package static let fields = [
        "line": FieldNote("By territory or by industry.", "地方工会或产业工会。")
    ]

    package let under: String?
    package let line: UnionLine?
    package let cursor: String?
    package let limit: Int?

    package init(under: String? = nil, line: UnionLine? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.under = under
        self.line = line
        self.cursor = cursor
        self.limit = limit
    }
}

package struct ShowOrganisation: Query {
    package typealias Reply = OrganisationView
    package static let name = "organisation.show"
    package static let summary = Phrase("Shows a union and its parents.", "查看工会及其上级。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/organisations/{organisation}")
    package static let fields = [
        "organisation": FieldNote("Code of the union.", "工会代码。")
    ]

    package let organisation: String

    package init(organisation: String) {
        self.organisation = organisation
    }
}

/// A union in its tree.
package struct OrganisationView: Codable, Sendable {
    package var code: String
    package var name: String
    package var level: UnionLevel
    package var line: UnionLine
    /// Codes from the root to here, with dots.
    package var path: String
    package var region: String?
    package var parents: [ParentView]
    /// What moves with it; `organisation.attach` says it where another parent funds it from its day on.
    package var move: OrganisationMove?

    package init(
        code: String, name: String, level: UnionLevel, line: UnionLine, path: String, region: String? = nil,
        parents: [ParentView], move: OrganisationMove? = nil
    ) {
        self.code = code
        self.name = name
        self.level = level
        self.line = line
        self.path = path
        self.region = region
        self.parents = parents
        self.move = move
    }
}

/// A union's move to another line of fund parents, and how much goes with it: sight, funds, figures and approvals follow.
package struct OrganisationMove: Codable, Sendable {
    /// First day of the new line.
    package var from: Day
    /// false where the day is still to come: it then moves by its schedule.
    package var done: Bool
    /// Codes from the root to the union, with dots.
    package var before: String
    package var after: String
    /// With itself.
    package var unions: Int
    package var employers: Int
    package var people: Int
    package var households: Int
    package var cases: Int
    package var funds: Int
    package var accounts: Int
    /// Roles that users hold in these unions.
    package var grants: Int
    /// Who no longer sees it and who now does; what goes on as it was; what can't.
    package var says: [Phrase]

    package init(
        from: Day, done: Bool, before: String, after: String, unions: Int, employers: Int, people: Int,
        households: Int, cases: Int, funds: Int, accounts: Int, grants: Int, says: [Phrase]
    ) {
        self.from = from
        self.done = done
        self.before = before
        self.after = after
        self.unions = unions
        self.employers = employers
        self.people = people
        self.households = households
        self.cases = cases
        self.funds = funds
        self.accounts = accounts
        self.grants = grants
        self.says = says
    }
}

/// A parent of a union over a time.
package struct ParentView: Codable, Sendable {
    package var code: String
    package var name: String
    package var line: UnionLine
    package var fundParent: Bool
    package var from: Day
    /// Last day; nil while it lasts.
    package var to: Day?

    package init(code: String, name: String, line: UnionLine, fundParent: Bool, from: Day, to: Day? = nil) {
        self.code = code
        self.name = name
        self.line = line
        self.fundParent = fundParent
        self.from = from
        self.to = to
    }
}

/// Whose a unit is, as far as measures ask.
package enum EmployerKind: String, Codable, CaseIterable, Sendable {
    case `private`
    case stateOwned
    case budgetFunded
    case individual
    case other
}

extension EmployerKind: Choice {
    package var title: Phrase {
        switch self {
        case .`private`: Phrase("private", "私营企业")
        case .stateOwned: Phrase("state-owned", "国有企业")
        case .budgetFunded: Phrase("budget-funded", "财政拨款单位")
        case .individual: Phrase("individual", "个体工商户")
        case .other: Phrase("other", "其他")
        }
    }
}

package struct RegisterEmployer: Command {
    package typealias Reply = EmployerView
    package static let name = "employer.register"
    package static let summary = Phrase("Registers an employer under its union.", "在所属工会下登记用人单位。")
    package static let permission = Permission.registerPeople
    package static let route = Route.post("/v1/employers")
    package static let fields = [
        "kind": FieldNote("Who owns it.", "单位类别。"),
        "union": FieldNote("Code of its grassroots union.", "所属基层工会代码。"),
    ]

    package let uscc: String
    package let name: String
    package let kind: EmployerKind
    package let union: String

    package init(uscc: String, name: String, kind: EmployerKind, union: String) {
        self.uscc = uscc
        self.name = name
        self.kind = kind
        self.union = union
    }
}

package struct ListEmployers: Query {
    package typealias Reply = Page<EmployerView>
    package static let name = "employer.list"
    package static let summary = Phrase("Lists employers of a subtree.", "列出某工会之下的用人单位。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/employers")

    package let under: String?
    package let cursor: String?
    package let limit: Int?

    package init(under: String? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.under = under
        self.cursor = cursor
        self.limit = limit
    }
}

/// An employer (用人单位) and its union.
package struct EmployerView: Codable, Sendable {
    package var uscc: String
    package var name: String
    package var kind: EmployerKind
    package var union: String
    package var warnings: [String]

    package init(uscc: String, name: String, kind: EmployerKind, union: String, warnings: [String]) {
        self.uscc = uscc
        self.name = name
        self.kind = kind
        self.union = union
        self.warnings = warnings
    }
}
