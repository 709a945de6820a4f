import CEL
import Contract

/// The CEL of a pack, checked against what a case can offer: every name typed when the pack is loaded.
struct PackExpressions: Sendable {
    struct Named: Sendable {
        let name: String
        let expression: Expression
    }

    let oncePer: Expression
    let lets: [Named]
    let amount: Expression?
    let count: Expression?
    let level: Expression?

    /// Names that an expression may use beside its pack's `let`s: those that a subject of this kind has, and no others.
    ///
    /// `subject` nil: of every kind, as packs could once be released.
    static func environment(facts: [FactDefinition], parameters: [String], subject: Pack.Subject?) -> Environment {
        var environment = Environment(allowsDouble: false)
        environment.declare(
            record: RecordType("Facts", Dictionary(facts.map { ($0.name, $0.kind.type) }) { $1 }))
        environment.declare(record: RecordType("Parameters", Dictionary(parameters.map { ($0, Type.int) }) { $1 }))
        for record in [person, household, archive, employer] { environment.declare(record: record) }
        environment.declare("facts", .record("Facts"))
        environment.declare("parameter", .record("Parameters"))
        for known in subject.map({ [$0] }) ?? Pack.Subject.allCases {
            for (name, type) in names(of: known) { environment.declare(name, type) }
        }
        environment.declare("aid_this_year", .int)
        environment.declare("this_year", .int)
        environment.declare("this_month", .int)
        environment.declare("academic_year", .string)
        environment.declareDays()
        for (name, keeps) in [
            ("min", { @Sendable (a: Int64, b: Int64) in min(a, b) }),
            ("max", { @Sendable (a: Int64, b: Int64) in max(a, b) }),
        ] {
            environment.declare(
                function: Function(name, [.int, .int], returns: .int) { arguments in
                    guard case .int(let left) = arguments[0], case .int(let right) = arguments[1] else {
                        throw Function.Failure("\(name) takes two whole numbers")
                    }
                    return .int(keeps(left, right))
                })
        }
        return environment
    }

    /// What is known of a subject, by the names that rules have for it.
    static func names(of subject: Pack.Subject) -> [String: Type] {
        switch subject {
        case .household: ["household": .record("Household"), "archive": .record("Archive")]
        case .person:
            ["applicant": .record("Person"), "household": .record("Household"), "archive": .record("Archive")]
        case .employer: ["employer": .record("Employer"), "fees": .map(.int, .int)]
        }
    }

    /// The kinds of subject that have a name, for whoever used it of another.
    static func subjects(with name: String) -> [Pack.Subject] {
        Pack.Subject.allCases.filter { names(of: $0)[name] != nil }
    }

    private static let person = RecordType("Person", ["age": .int, "relation": .string])
    private static let household = RecordType("Household", ["size": .int, "members": .list(.record("Person"))])
    private static let archive = RecordType(
        "Archive", ["level": .string, "active": .bool, "months": .int, "since": .date])
    private static let employer = RecordType("Employer", ["kind": .string])
}

extension FactDefinition.Kind {
    var type: Type {
        switch self {
        case .text: .string
        case .fen, .int: .int
        case .bool: .bool
        case .date: .date
        }
    }
}
