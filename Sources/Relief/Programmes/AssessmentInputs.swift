import CEL
package import Contract
import FoundationEssentials
package import WorkingDays

/// Everything that a pack's expressions can read of a case, as a value: kept with each decision, so that it can be
/// replayed. No names and no identity numbers.
package struct AssessmentInputs: Sendable {
    package struct Person: Codable, Sendable {
        package var age: Int?
        package var relation: String?
    }

    package struct Archive: Codable, Sendable {
        package var level: String
        package var since: Day
    }

    package var today: Day
    /// When the case was submitted first; nil before that.
    package var submittedOn: Day?
    package var facts: [String: JSONValue]
    package var applicant: Person?
    package var household: [Person]?
    package var archive: Archive?
    package var employerKind: String?
    /// Union fees by year, fen.
    package var fees: [Int: Int64]
    /// Already awarded this calendar year on the same fund item, fen.
    package var aidThisYear: Int64
    /// The figures in force, each with its place, date and source.
    package var parameters: [String: ParameterUsed]
    /// Figures that were set, and that no rule reads before another has confirmed them.
    package var waiting: [String] = []
    /// The working-day calendar, where the pack counts working days: so that it counts the same years later.
    package var calendar: WorkingCalendar?

    /// The names that come from a day: its year, its month, and the school year that aid of its summer is for, '2026-2027'
    /// from July 2026 to June 2027.
    static func calendarNames(of day: Day) -> [String: Value] {
        let first = day.month >= 7 ? day.year : day.year - 1
        return [
            "this_year": .int(Int64(day.year)), "this_month": .int(Int64(day.month)),
            "academic_year": .string("\(first)-\(first + 1)"), "today": .date(day),
        ]
    }

    /// What the expressions of a pack read.
    func bindings(_ pack: Pack) -> [String: Value] {
        var bindings: [String: Value] = [
            "facts": .record("Facts", factValues(pack.facts)),
            "parameter": .record("Parameters", parameters.mapValues { .int($0.value) }),
            "fees": .map(Dictionary(uniqueKeysWithValues: allYears.map { (.int(Int64($0)), .int(fees[$0] ?? 0)) })),
            "aid_this_year": .int(aidThisYear),
        ]
        bindings.merge(Self.calendarNames(of: today)) { $1 }
        if let calendar { bindings[WorkingCalendar.binding] = calendar.value }
        if let applicant { bindings["applicant"] = applicant.value }
        // A person may live in no household: then it has nobody.
        let members = household ?? []
        bindings["household"] = .record(
            "Household", ["size": .int(Int64(members.count)), "members": .list(members.map(\.value))])
        let months = archive.map { (today.year - $0.since.year) * 12 + today.month - $0.since.month } ?? 0
        bindings["archive"] = .record(
            "Archive",
            [
                "active": .bool(archive != nil), "level": .string(archive?.level ?? "none"),
                "months": .int(Int64(months)), "since": archive.map { .date($0.since) } ?? .null,
            ])
        if let employerKind { bindings["employer"] = .record("Employer", ["kind": .string(employerKind)]) }
        return bindings
    }

    /// A year without fees has paid 0: the map knows every year that a rule may ask for.
    private var allYears: Set<Int> { Set(fees.keys).union((today.year - 30)...(today.year + 1)) }

    func factValues(_ definitions: [FactDefinition]) -> [String: Value] {
        var values: [String: Value] = [:]
        for definition in definitions {
            switch (definition.kind, facts[definition.name]) {
            case (.text, .string(let text)): values[definition.name] = .string(text)
            case (.fen, .int(let number)), (.int, .int(let number)): values[definition.name] = .int(number)
            case (.bool, .bool(let flag)): values[definition.name] = .bool(flag)
            case (.date, .string(let text)): values[definition.name] = Day(text).map { .date($0) }
            default: break
            }
        }
        return values
    }
}

extension AssessmentInputs.Person {
    fileprivate var value: Value {
        var fields: [String: Value] = ["relation": .string(relation ?? "")]
        if let age { fields["age"] = .int(Int64(age)) }
        return .record("Person", fields)
    }
}
