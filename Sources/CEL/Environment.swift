/// What an expression may name: variables, records and host functions, and how large and costly it may be.
package struct Environment: Sendable {
    package let allowsDouble: Bool
    package let limits: Limits
    package private(set) var variables: [String: Type] = [:]
    package private(set) var records: [String: RecordType] = [:]
    package private(set) var functions: [String: [Function]] = [:]

    /// Without doubles, any literal, conversion or function that gives one is refused at load time: money is int fen.
    package init(allowsDouble: Bool = false, limits: Limits = Limits()) {
        self.allowsDouble = allowsDouble
        self.limits = limits
    }

    /// A variable; its name may be dotted (`case.region`), the longest declared name wins.
    package mutating func declare(_ name: String, _ type: Type) {
        variables[name] = type
    }

    package mutating func declare(record: RecordType) {
        records[record.name] = record
    }

    /// Adds an overload; one with the same name, style and parameters is replaced.
    package mutating func declare(function: Function) {
        functions[function.name, default: []].removeAll {
            $0.parameters == function.parameters && $0.isMember == function.isMember
        }
        functions[function.name, default: []].append(function)
    }
}

/// How large an expression may be, and how much one evaluation may cost.
package struct Limits: Sendable, Hashable {
    /// UTF-8 bytes of source.
    package var sourceBytes: Int
    /// Levels of nesting.
    package var depth: Int
    /// Steps: about one for each node evaluated, element visited, and 16 bytes of text handled; more for what takes longer
    /// (`Cost`).
    package var cost: Int

    package init(sourceBytes: Int = 16_384, depth: Int = 100, cost: Int = 200_000) {
        self.sourceBytes = sourceBytes
        self.depth = depth
        self.cost = cost
    }
}

/// A function that the host lends to expressions, such as `parameter("dibao", region, date)`.
package struct Function: Sendable {
    /// What a host function throws to say why it has no answer; the text goes into the CEL error.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        package init(_ description: String) {
            self.description = description
        }
    }

    package let name: String
    /// For a member function the first is the receiver.
    package let parameters: [Type]
    package let result: Type
    /// Called as `a.f(b)` rather than `f(a, b)`.
    package let isMember: Bool
    /// A binding that it reads beside its arguments, such as a calendar, and gets as its last argument. No expression can
    /// name it, so that authors don't have to; whoever keeps the bindings of an evaluation keeps it too.
    package let reads: String?
    /// Steps of the evaluation budget for one call.
    package let cost: Int
    let body: @Sendable ([Value]) throws -> Value

    /// The body must be a function of its arguments alone, and of what it `reads`; it is called with values of the declared
    /// types.
    package init(
        _ name: String, _ parameters: [Type], returns result: Type, isMember: Bool = false, reads: String? = nil,
        cost: Int = 10,
        body: @escaping @Sendable ([Value]) throws -> Value
    ) {
        self.name = name
        self.parameters = parameters
        self.result = result
        self.isMember = isMember
        self.reads = reads
        self.cost = cost
        self.body = body
    }
}
