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

    /// Names that an expression may use beside its pack's `let`s.
    static func environment(facts: [FactDefinition], parameters: [String]) -> Environment {
        var environment = Environment(allowsDouble: false)
        environment.declare(
            record: RecordType("Facts", Dictionary(uniqueKeysWithValues: facts.map { ($0.name, $0.kind.type) })))
        environment.declare(
            record: RecordType("Parameters", Dictionary(uniqueKeysWithValues: parameters.map { ($0, Type.int) })))
        environment.declare(record: RecordType("Person", ["age": .int, "relation": .string]))
        environment.declare(record: RecordType("Household", ["size": .int, "members": .list(.record("Person"))]))
        environment.declare(record: RecordType("Archive", ["level": .string, "active": .bool, "months": .int]))
        environment.declare(record: RecordType("Employer", ["kind": .string]))
        environment.declare("facts", .record("Facts"))
        environment.declare("parameter", .record("Parameters"))
        environment.declare("applicant", .record("Person"))
        environment.declare("household", .record("Household"))
        environment.declare("archive", .record("Archive"))
        environment.declare("employer", .record("Employer"))
        environment.declare("fees", .map(.int, .int))
        environment.declare("aid_this_year", .int)
        environment.declare("this_year", .int)
        environment.declare("this_month", .int)
        environment.declare("academic_year", .string)
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
}

extension FactDefinition.Kind {
    var type: Type {
        switch self {
        case .text: .string
        case .fen, .int: .int
        case .bool: .bool
        case .date: .timestamp
        }
    }
}
