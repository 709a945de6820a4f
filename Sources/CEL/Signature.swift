/// One overload of a function of the CEL specification; `dyn` stands where any type will do.
struct Signature: Sendable {
    let parameters: [Type]
    let result: Type
    let isMember: Bool

    init(_ parameters: [Type], _ result: Type, isMember: Bool = false) {
        self.parameters = parameters
        self.result = result
        self.isMember = isMember
    }

    func accepts(_ arguments: [Type], isMember: Bool) -> Bool {
        self.isMember == isMember && parameters.count == arguments.count
            && zip(parameters, arguments).allSatisfy { $0.agrees(with: $1) }
    }

    func text(_ name: String) -> String {
        let listed = parameters.dropFirst(isMember ? 1 : 0).map(\.description).joined(separator: ", ")
        return (isMember ? "\(parameters[0])." : "") + "\(name)(\(listed)) -> \(result)"
    }

    /// The functions of the specification by name.
    static let standard: [String: [Signature]] = {
        var table: [String: [Signature]] = [
            "size": sized + sized.map { Signature($0.parameters, $0.result, isMember: true) },
            "matches": [
                Signature([.string, .string], .bool), Signature([.string, .string], .bool, isMember: true),
            ],
            "int": conversions(to: .int, from: [.int, .uint, .double, .string, .timestamp]),
            "uint": conversions(to: .uint, from: [.uint, .int, .double, .string]),
            "double": conversions(to: .double, from: [.double, .int, .uint, .string]),
            "string": conversions(
                to: .string, from: [.string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration, .date]),
            "bytes": conversions(to: .bytes, from: [.bytes, .string]),
            "bool": conversions(to: .bool, from: [.bool, .string]),
            "timestamp": conversions(to: .timestamp, from: [.timestamp, .string, .int]),
            "duration": conversions(to: .duration, from: [.duration, .string]),
            "date": conversions(to: .date, from: [.date, .string]),
            "type": [Signature([.dyn], .type)],
            "dyn": [Signature([.dyn], .dyn)],
        ]
        for name in ["contains", "startsWith", "endsWith"] {
            table[name] = [Signature([.string, .string], .bool, isMember: true)]
        }
        for field in TimestampField.allCases {
            table[field.rawValue] = [
                Signature([.timestamp], .int, isMember: true), Signature([.timestamp, .string], .int, isMember: true),
            ]
        }
        for field: TimestampField in [.hours, .minutes, .seconds, .milliseconds] {
            table[field.rawValue]?.append(Signature([.duration], .int, isMember: true))
        }
        return table.merging(dates) { $1 }
    }()

    private static let sized = [Type.string, .bytes, .list(.dyn), .map(.dyn, .dyn)].map { Signature([$0], .int) }

    private static func conversions(to result: Type, from sources: [Type]) -> [Signature] {
        sources.map { Signature([$0], result) }
    }

    /// What `left symbol right` gives, for the arithmetic operators; several where operands are `dyn`.
    static func arithmetic(_ symbol: BinaryOperator, _ left: Type, _ right: Type) -> [Type] {
        if symbol == .add, case .list = left, let joined = left.joined(with: right) { return [joined] }
        var table: [(Type, Type, Type)] = [(.int, .int, .int), (.uint, .uint, .uint)]
        if symbol != .remainder { table.append((.double, .double, .double)) }
        switch symbol {
        case .add:
            table += [
                (.string, .string, .string), (.bytes, .bytes, .bytes), (.duration, .duration, .duration),
                (.timestamp, .duration, .timestamp), (.duration, .timestamp, .timestamp),
                (.list(.dyn), .list(.dyn), .list(.dyn)),
            ]
        case .subtract:
            table += [
                (.duration, .duration, .duration), (.timestamp, .duration, .timestamp),
                (.timestamp, .timestamp, .duration),
            ]
        default: break
        }
        return table.filter { $0.0.agrees(with: left) && $0.1.agrees(with: right) }.map(\.2)
    }
}

/// The parts of an instant that a rule can ask for, under the names of the specification.
enum TimestampField: String, CaseIterable {
    case fullYear = "getFullYear", month = "getMonth", date = "getDate", dayOfMonth = "getDayOfMonth"
    case dayOfWeek = "getDayOfWeek", dayOfYear = "getDayOfYear"
    case hours = "getHours", minutes = "getMinutes", seconds = "getSeconds", milliseconds = "getMilliseconds"
}
