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
    package static let summary = "Releases a version: new cases use it, and it never changes again."
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

/// Sets a figure of a region from a day on (低保, caps, subsidies).
package struct SetParameter: Command {
    package typealias Reply = ParameterView
    package static let name = "parameter.set"
    package static let summary = "Sets a figure of a region from a day on (低保, caps, subsidies)."
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/parameters")

    package let name: String
    /// Organisation code; holds for its subtree unless set nearer.
    package let region: String
    package let from: Day
    /// Last day.
    package let to: Day?
    /// In `unit`; money in fen.
    package let value: Int64
    package let unit: String
    /// The document it comes from.
    package let source: String

    package init(name: String, region: String, from: Day, to: Day? = nil, value: Int64, unit: String, source: String) {
        self.name = name
        self.region = region
        self.from = from
        self.to = to
        self.value = value
        self.unit = unit
        self.source = source
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

    package init(valid: Bool, programme: String? = nil, version: Int? = nil, problems: [PackProblem]) {
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
    package var reason: String

    package init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
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
    /// Only where one programme is shown.
    package var text: String?

    package init(
        programme: String, version: Int, title: String, kind: String, state: ProgrammeState, digest: String,
        steps: [String], source: String, addedBy: String? = nil, releasedAt: Date? = nil, text: String? = nil
    ) {
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

/// A dated, regional figure with its source.
package struct ParameterView: Codable, Sendable {
    package var name: String
    package var region: String
    package var from: Day
    package var to: Day?
    package var value: Int64
    package var unit: String
    package var source: String

    package init(name: String, region: String, from: Day, to: Day? = nil, value: Int64, unit: String, source: String) {
        self.name = name
        self.region = region
        self.from = from
        self.to = to
        self.value = value
        self.unit = unit
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

    package init(days: [CalendarDay], workingDays: Int) {
        self.days = days
        self.workingDays = workingDays
    }
}
