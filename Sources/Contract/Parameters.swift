package import WorkingDays

/// Enters a figure in the register: what it is called and what it counts. Packs refer to it by name.
package struct DefineParameter: Command {
    package typealias Reply = ParameterDefinition
    package static let name = "parameter.define"
    package static let summary = Phrase(
        "Enters a figure in the register: its name, what it counts and its title.",
        "在标准目录中登记一项标准：名称、计量和标题。")
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/parameters/definitions")
    package static let governsAll = true
    package static let fields = [
        "name": FieldNote("Small letters, digits and underscores, as packs write it.", "小写字母、数字和下划线，与项目文件一致。"),
        "kind": FieldNote("What it counts.", "计量。"),
        "title": FieldNote("As people call it.", "通用名称。"),
    ]

    package let name: String
    package let kind: FigureKind
    package let title: String

    package init(name: String, kind: FigureKind, title: String) {
        self.name = name
        self.kind = kind
        self.title = title
    }
}

/// Lists the register of figures.
package struct ListDefinitions: Query {
    package typealias Reply = Page<ParameterDefinition>
    package static let name = "parameter.definitions"
    package static let summary = Phrase(
        "Lists the register of figures: names, what they count, titles.",
        "列出标准目录：名称、计量和标题。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/parameters/definitions")

    package init() {}
}

/// Sets a figure of a region from a day on (低保, caps, subsidies).
package struct SetParameter: Command {
    package typealias Reply = ParameterView
    package static let name = "parameter.set"
    package static let summary = Phrase(
        "Sets a figure of a region from a day on (低保, caps, subsidies); another confirms it.",
        "设置某地区自某日起的标准（低保、限额、补助），由另一人确认。")
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/parameters")
    package static let fields = [
        "name": FieldNote("As the register has it.", "标准目录中的名称。"),
        "region": FieldNote("Code of the union; holds under it unless set nearer.", "工会代码；下级另有设置的除外。"),
        "from": FieldNote("The day from which it holds.", "自哪一日起。"),
    ]

    package let name: String
    package let region: String
    package let from: Day
    package let to: Day?
    package let value: String
    package let unit: String?
    package let source: String

    package init(
        name: String, region: String, from: Day, to: Day? = nil, value: String, unit: String? = nil, source: String
    ) {
        self.name = name
        self.region = region
        self.from = from
        self.to = to
        self.value = value
        self.unit = unit
        self.source = source
    }
}

package struct ConfirmParameter: Command {
    package typealias Reply = ParameterView
    package static let name = "parameter.confirm"
    package static let summary = Phrase(
        "Confirms a figure's value that another set: from then on rules read it.",
        "确认他人设置的标准数值：自此规则据以计算。")
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/parameters/confirm")
    package static let fields = [
        "name": FieldNote("As the register has it.", "标准目录中的名称。"),
        "from": FieldNote("The day from which it holds.", "自哪一日起。"),
        "value": FieldNote("As people write it; must be the value that waits.", "数值，须与待确认的一致。"),
    ]

    package let name: String
    package let region: String
    package let from: Day
    package let value: String
    package let unit: String?

    package init(name: String, region: String, from: Day, value: String, unit: String? = nil) {
        self.name = name
        self.region = region
        self.from = from
        self.value = value
        self.unit = unit
    }
}

package struct WithdrawParameter: Command {
    package typealias Reply = ParameterView
    package static let name = "parameter.withdraw"
    package static let summary = Phrase("Takes back a figure's value that waits for its confirmation.", "撤回待确认的标准数值。")
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/parameters/withdraw")
    package static let fields = [
        "name": FieldNote("As the register has it.", "标准目录中的名称。"),
        "from": FieldNote("The day from which it holds.", "自哪一日起。"),
        "value": FieldNote("As people write it; must be the value that waits.", "数值，须与待确认的一致。"),
    ]

    package let name: String
    package let region: String
    package let from: Day
    package let value: String
    package let unit: String?
    package let reason: String

    package init(name: String, region: String, from: Day, value: String, unit: String? = nil, reason: String) {
        self.name = name
        self.region = region
        self.from = from
        self.value = value
        self.unit = unit
        self.reason = reason
    }
}

package struct ListParameters: Query {
    package typealias Reply = Page<ParameterView>
    package static let name = "parameter.list"
    package static let summary = Phrase("Lists figures with their sources.", "列出各项标准及其依据。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/parameters")
    package static let fields = [
        "name": FieldNote("As the register has it.", "标准目录中的名称。")
    ]

    package let name: String?
    package let region: String?

    package init(name: String? = nil, region: String? = nil) {
        self.name = name
        self.region = region
    }
}

/// A figure of the register.
package struct ParameterDefinition: Codable, Sendable {
    package var name: String
    package var kind: FigureKind
    package var title: String

    package init(name: String, kind: FigureKind, title: String) {
        self.name = name
        self.kind = kind
        self.title = title
    }
}

/// A dated, regional figure with its source.
package struct ParameterView: Codable, Sendable {
    package var name: String
    package var title: String
    package var kind: FigureKind
    package var region: String
    package var from: Day
    package var to: Day?
    /// As people write it; of an amount yuan, as 643.00.
    package var value: String
    package var unit: Phrase
    package var source: String
    /// Login.
    package var setBy: String?
    /// Login; nil: it waits for another person's confirmation, and no rule reads it yet.
    package var confirmedBy: String?

    package init(
        name: String, title: String, kind: FigureKind, region: String, from: Day, to: Day? = nil, value: Int64,
        source: String, setBy: String?, confirmedBy: String?
    ) {
        self.setBy = setBy
        self.confirmedBy = confirmedBy
        self.name = name
        self.title = title
        self.kind = kind
        self.region = region
        self.from = from
        self.to = to
        self.value = kind.text(value)
        unit = kind.unit
        self.source = source
    }
}
