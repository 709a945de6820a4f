package import WorkingDays

/// Enters a figure in the register: what it is called and what it counts. Packs refer to it by name.
package struct DefineParameter: Command {
    package typealias Reply = ParameterDefinition
    package static let name = "parameter.define"
    package static let summary = "Enters a figure in the register: its name, what it counts and its title."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/parameters/definitions")
    package static let governsAll = true

    /// Small letters, digits and underscores, as packs write it.
    package let name: String
    package let kind: FigureKind
    /// As people call it.
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
    package static let summary = "Lists the register of figures: names, what they count, titles."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/parameters/definitions")

    package init() {}
}

/// Sets a figure of a region from a day on (低保, caps, subsidies).
package struct SetParameter: Command {
    package typealias Reply = ParameterView
    package static let name = "parameter.set"
    package static let summary = "Sets a figure of a region from a day on (低保, caps, subsidies); another confirms it."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/parameters")

    /// As the register has it.
    package let name: String
    /// Organisation code; holds for its subtree unless set nearer.
    package let region: String
    package let from: Day
    /// Last day.
    package let to: Day?
    /// As people write it, by its kind: an amount in yuan (643, 8万), whole percent, days or a count.
    package let value: String
    /// May be left out: must fit the kind (yuan, fen, percent, days).
    package let unit: String?
    /// The document it comes from.
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

/// Confirms a figure's value that another set: from then on rules read it.
package struct ConfirmParameter: Command {
    package typealias Reply = ParameterView
    package static let name = "parameter.confirm"
    package static let summary = "Confirms a figure's value that another set: from then on rules read it."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/parameters/confirm")

    package let name: String
    package let region: String
    package let from: Day
    /// What is confirmed, as people write it; must be the value that waits.
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

/// Takes back a figure's value that waits for its confirmation.
package struct WithdrawParameter: Command {
    package typealias Reply = ParameterView
    package static let name = "parameter.withdraw"
    package static let summary = "Takes back a figure's value that waits for its confirmation."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/parameters/withdraw")

    package let name: String
    package let region: String
    package let from: Day
    /// What is taken back, as people write it; must be the value that waits.
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

/// Lists figures with their sources.
package struct ListParameters: Query {
    package typealias Reply = Page<ParameterView>
    package static let name = "parameter.list"
    package static let summary = "Lists figures with their sources."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/parameters")

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
