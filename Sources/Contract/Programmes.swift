package import FoundationEssentials
package import WorkingDays

/// A version's life; released versions never change.
package enum ProgrammeState: String, Codable, CaseIterable, Sendable {
    case draft
    case released
    case retired
}

/// Checks the text of a programme pack without keeping it.
package struct CheckProgramme: Query {
    package typealias Reply = PackReport
    package static let name = "programme.check"
    package static let summary = "Checks the text of a programme pack without keeping it."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/programmes/check")

    package let text: String

    package init(text: String) {
        self.text = text
    }
}

/// Adds a version of a programme as a draft.
package struct AddProgramme: Command {
    package typealias Reply = ProgrammeView
    package static let name = "programme.add"
    package static let summary = "Adds a version of a programme as a draft."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/programmes")

    /// The pack, YAML.
    package let text: String
    package let fileName: String?

    package init(text: String, fileName: String? = nil) {
        self.text = text
        self.fileName = fileName
    }
}

/// Releases a version: new cases use it, and it never changes again.
package struct ReleaseProgramme: Command {
    package typealias Reply = ProgrammeView
    package static let name = "programme.release"
    package static let summary =
        "Releases a version that another added: new cases use it, and it never changes again."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/programmes/{programme}/release")
    package static let governsAll = true

    package let programme: String
    package let version: Int

    package init(programme: String, version: Int) {
        self.programme = programme
        self.version = version
    }
}

/// Retires a version: no new cases.
package struct RetireProgramme: Command {
    package typealias Reply = ProgrammeView
    package static let name = "programme.retire"
    package static let summary = "Retires a version: no new cases."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/programmes/{programme}/retire")
    package static let governsAll = true

    package let programme: String
    package let version: Int

    package init(programme: String, version: Int) {
        self.programme = programme
        self.version = version
    }
}

/// Lists programmes, each by its newest version.
package struct ListProgrammes: Query {
    package typealias Reply = Page<ProgrammeView>
    package static let name = "programme.list"
    package static let summary = "Lists programmes, each by its newest version."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/programmes")

    package init() {}
}

/// Shows a programme with its text.
package struct ShowProgramme: Query {
    package typealias Reply = ProgrammeView
    package static let name = "programme.show"
    package static let summary = "Shows a programme with its text."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/programmes/{programme}")

    package let programme: String
    package let version: Int?

    package init(programme: String, version: Int? = nil) {
        self.programme = programme
        self.version = version
    }
}

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

/// Sets holidays and working weekends (调休) from the yearly notice.
package struct SetCalendar: Command {
    package typealias Reply = CalendarView
    package static let name = "calendar.set"
    package static let summary = "Sets holidays and working weekends (调休) from the yearly notice."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/calendar")
    package static let governsAll = true

    package let days: [CalendarDay]
    package let source: String

    package init(days: [CalendarDay], source: String) {
        self.days = days
        self.source = source
    }
}

/// Shows the special days of a span, and counts its working days.
package struct ShowCalendar: Query {
    package typealias Reply = CalendarView
    package static let name = "calendar.show"
    package static let summary = "Shows the special days of a span, and counts its working days."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/calendar")

    package let from: Day
    package let to: Day

    package init(from: Day, to: Day) {
        self.from = from
        self.to = to
    }
}

/// What is wrong with a programme pack.
package struct PackReport: Codable, Sendable {
    package var valid: Bool
    package var programme: String?
    package var version: Int?
    package var problems: [PackProblem]
    /// Where a case may come to something that can't be said: to be looked at, no faults.
    package var warnings: [PackProblem]

    package init(
        valid: Bool, programme: String? = nil, version: Int? = nil, problems: [PackProblem],
        warnings: [PackProblem] = []
    ) {
        self.warnings = warnings
        self.valid = valid
        self.programme = programme
        self.version = version
        self.problems = problems
    }
}

/// A fault in a pack, by place.
package struct PackProblem: Codable, Sendable {
    package var line: Int
    package var column: Int
    package var reason: Phrase

    package init(line: Int, column: Int, reason: Phrase) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// As compilers write it: file, line, column.
    package func placed(in file: String) -> Phrase {
        Phrase("\(file):\(line):\(column): \(reason.en)", "\(file):\(line):\(column): \(reason.zh)")
    }
}

/// A version of a relief programme.
package struct ProgrammeView: Codable, Sendable {
    package var programme: String
    package var version: Int
    package var title: String
    package var kind: String
    package var state: ProgrammeState
    /// SHA-256 of the text, hexadecimal.
    package var digest: String
    package var steps: [String]
    /// The document it carries out.
    package var source: String
    package var addedBy: String?
    package var releasedAt: Date?
    package var releasedBy: String?
    /// Only where one programme is shown.
    package var text: String?
    /// Where its cases may come to something that can't be said; told when it is added.
    package var warnings: [Phrase]?

    package init(
        programme: String, version: Int, title: String, kind: String, state: ProgrammeState, digest: String,
        steps: [String], source: String, addedBy: String? = nil, releasedAt: Date? = nil, releasedBy: String? = nil,
        text: String? = nil
    ) {
        self.releasedBy = releasedBy
        self.programme = programme
        self.version = version
        self.title = title
        self.kind = kind
        self.state = state
        self.digest = digest
        self.steps = steps
        self.source = source
        self.addedBy = addedBy
        self.releasedAt = releasedAt
        self.text = text
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

/// A day that is not what its weekday says.
package struct CalendarDay: Codable, Sendable {
    package var day: Day
    package var working: Bool
    package var name: String

    package init(day: Day, working: Bool, name: String) {
        self.day = day
        self.working = working
        self.name = name
    }
}

/// The special days of a span.
package struct CalendarView: Codable, Sendable {
    package var days: [CalendarDay]
    package var workingDays: Int
    /// What was reckoned in working days and falls on another day now; `calendar.set` says it.
    package var moved: [MovedDay]?
    /// Years that nobody entered yet, and what the change can't move.
    package var warnings: [Phrase]?

    package init(days: [CalendarDay], workingDays: Int, moved: [MovedDay]? = nil, warnings: [Phrase]? = nil) {
        self.days = days
        self.workingDays = workingDays
        self.moved = moved
        self.warnings = warnings
    }
}

/// A day that moved with the working days.
package struct MovedDay: Codable, Sendable {
    package enum Kind: String, Codable, CaseIterable, Sendable {
        case notice
        case deadline
        case coolingOff
        case instalment
        case execution
    }

    package var kind: Kind
    package var what: Phrase
    /// Number of the case, the account's owner or the run.
    package var number: String
    package var from: Day
    package var to: Day

    package init(kind: Kind, what: Phrase, number: String, from: Day, to: Day) {
        self.kind = kind
        self.what = what
        self.number = number
        self.from = from
        self.to = to
    }
}
