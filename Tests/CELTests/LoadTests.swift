import CEL
import Testing

/// A household as a programme pack declares it.
let relief: Environment = {
    var environment = Environment()
    environment.declare(record: RecordType("Member", ["name": .string, "age": .int, "income": .int]))
    environment.declare(
        record: RecordType("Household", ["members": .list(.record("Member")), "income": .int, "region": .string]))
    environment.declare("household", .record("Household"))
    environment.declare("dibao", .int)
    environment.declare("applied_at", .timestamp)
    environment.declare("tags", .list(.string))
    environment.declare("facts", .map(.string, .dyn))
    environment.declare("case.urgent", .bool)
    environment.declare(
        function: Function("parameter", [.string, .string], returns: .int) { arguments in
            guard case .string("dibao") = arguments[0] else { throw Function.Failure("no such parameter") }
            return .int(64_300)
        })
    environment.declare(
        function: Function("min", [.int, .int], returns: .int) { arguments in
            guard case .int(let a) = arguments[0], case .int(let b) = arguments[1] else { return .null }
            return .int(min(a, b))
        })
    environment.declare(
        function: Function("isIn", [.string, .string], returns: .bool, isMember: true) { arguments in
            .bool(arguments[0] == arguments[1])
        })
    environment.declare(function: Function("math.twice", [.int], returns: .int) { _ in .string("wrong") })
    return environment
}()

let poorFamily: [String: Value] = [
    "household": .record(
        "Household",
        [
            "income": .int(183_600), "region": .string("630100"),
            "members": .list([
                .record("Member", ["name": .string("甲"), "age": .int(45), "income": .int(183_600)]),
                .record("Member", ["name": .string("乙"), "age": .int(12)]),
                .record("Member", ["name": .string("丙"), "age": .int(9)]),
            ]),
        ]),
    "dibao": .int(64_300), "tags": .list([.string("serious_illness")]), "facts": .map([.string("score"): .int(7)]),
    "applied_at": .timestamp(Timestamp("2026-11-22T00:00:00Z")!), "case.urgent": .bool(true),
]

@Suite struct LoadTests {
    @Test(arguments: [
        ("1 +", 1, 4, "the expression ends where a value should be"),
        ("(1", 1, 3, "the expression ends where ')' to close the parenthesis should be"),
        ("1 2", 1, 3, "found '2' where an operator or the end should be"),
        ("a = 1", 1, 3, "'=' is no operator; write '==' to compare"),
        ("true &&\n  false and true", 2, 9, "'and' is no operator; write '&&'"),
        ("true\r\n& false", 2, 1, "'&' is no operator; write '&&'"),
        ("dibao ＞ 3", 1, 7, "'＞' is a full-width character; write '>'"),
        ("收入 > 3", 1, 1, "'收' can't stand outside a string; names are written with a-z, 0-9 and '_'"),
        ("'abc", 1, 1, "the string that begins here has no end; close it with ' on the same line"),
        ("'工会' + 'a\\q'", 1, 10, "'\\q' is no escape; write '\\\\' for a backslash, or r'…'"),
        ("9223372036854775808", 1, 1, "the number 9223372036854775808 is too large for an int"),
        ("12abc", 1, 1, "'a' can't follow a number; put a space or an operator between them"),
        ("return", 1, 1, "'return' is a reserved word; choose another name"),
        ("has(dibao)", 1, 1, "has() takes one field, as in has(person.income)"),
        ("tags.all(t)", 1, 6, "all() is written list.all(x, condition)"),
        ("tags.all(t.u, true)", 1, 12, "all() begins with a plain variable name: list.all(x, condition)"),
        ("// nothing", 1, 11, "the expression ends where a value should be"),
        ("b'\\u0041'", 1, 3, "\\u is not for bytes; write \\x and two hexadecimal digits"),
        ("{'a' 1}", 1, 6, "found '1' where ':' between key and value should be"),
        ("!-1 ? 1", 1, 8, "the expression ends where ':' between the branches of '?' should be"),
    ])
    func `text that is not CEL is refused with its place`(source: String, line: Int, column: Int, message: String) {
        expectRefusal(source, .syntax, line, column, message)
    }

    @Test(arguments: [
        ("dibbao > 1", CELError.Code.undeclared, 1, 1, "the name 'dibbao' is not declared; did you mean 'dibao'?"),
        ("household.incme > 1", .undeclared, 1, 11, "the field 'incme' is not declared; did you mean 'income'?"),
        (
            "household.members.exists(m,\n  m.agee < 18)", .undeclared, 2, 5,
            "the field 'agee' is not declared; did you mean 'age'?"
        ),
        ("paramter('a', 'b')", .undeclared, 1, 1, "the function 'paramter' is not declared; did you mean 'parameter'?"),
        ("Membr{age: 1}", .undeclared, 1, 1, "the record 'Membr' is not declared; did you mean 'Member'?"),
        (
            "tags.exists(t, t == 'a') && t == 'a'", .undeclared, 1, 29,
            "the name 't' is not declared; there is applied_at, case.urgent, dibao, facts, household, tags"
        ),
        (
            "dibao + '1'", .wrongType, 1, 7,
            "'+' is not defined for int and string; both sides must fit together"
        ),
        ("dibao == 'a'", .wrongType, 1, 7, "'==' is not defined for int and string; both sides must fit together"),
        ("dibao + 1u > 2", .wrongType, 1, 7, "'+' is not defined for int and uint; convert one, as in int(…)"),
        ("tags - tags", .wrongType, 1, 6, "'-' is not defined for list(string)"),
        ("household == null", .wrongType, 1, 11, "Household is never null; ask has(…) whether a field is set"),
        ("1 in tags", .wrongType, 1, 3, "'in' looks for int in a list of string"),
        ("dibao.foo", .wrongType, 1, 7, "int has no fields, so '.foo' can't be read"),
        ("tags['a']", .wrongType, 1, 6, "a list is indexed by an int, not string"),
        ("!dibao", .wrongType, 1, 2, "'!' needs a bool, but this is int; compare it with something"),
        ("true && dibao", .wrongType, 1, 9, "'&&' needs a bool, but this is int; compare it with something"),
        ("tags.all(t, t)", .wrongType, 1, 13, "all() needs a bool, but this is string; compare it with something"),
        ("true ? 1 : 'a'", .wrongType, 1, 6, "both branches of '?' must have one type, not int and string"),
        (
            "parameter('dibao', 1) > 0", .wrongType, 1, 1,
            "parameter(string, int) is not declared; there is parameter(string, string) -> int"
        ),
        (
            "dibao.contains('a')", .wrongType, 1, 7,
            "int.contains(string) is not declared; there is string.contains(string) -> bool"
        ),
        ("Member{age: 'x'}.age > 1", .wrongType, 1, 13, "the field 'age' is int, not string"),
        ("dibao", .wrongType, 1, 1, "the expression gives int, but bool is needed here; compare it with something"),
        (
            "facts.score", .wrongType, 1, 7,
            "the expression gives dyn, but bool is needed here; compare it with something"
        ),
        (
            "dibao > 1.5", .forbidden, 1, 9,
            "doubles are forbidden here because money is counted in fen; write a whole number"
        ),
        (
            "double(dibao) > dyn(1)", .forbidden, 1, 1,
            "doubles are forbidden here because money is counted in fen; write a whole number"
        ),
        ("'a'.matches('[')", .badConversion, 1, 13, "this regular expression is broken: '[' is not closed"),
    ])
    func `a rule that cannot be true or false is refused before it meets a case`(
        source: String, code: CELError.Code, line: Int, column: Int, message: String
    ) {
        expectRefusal(source, code, line, column, message)
    }

    private func expectRefusal(
        _ source: String, _ code: CELError.Code, _ line: Int, _ column: Int, _ message: String
    ) {
        let error = #expect(throws: CELError.self) { try Expression(source, in: relief, expecting: .bool) }
        #expect(error?.code == code)
        #expect(error?.message == message)
        #expect([error?.line, error?.column] == [line, column])
    }

    @Test func `the excerpt points under wide characters`() {
        let error = #expect(throws: CELError.self) { try Expression("true &&\n  '工会' == dibao", in: relief) }
        #expect(error?.excerpt == "  '工会' == dibao\n   \u{3000}\u{3000}  ^")
        #expect(error?.description.hasPrefix("line 2, column 8: ") == true)
    }

    @Test(arguments: [
        ("household.members.exists(m, m.age < 18)", "true"), ("household.members.filter(m, has(m.income)).size()", "1"),
        ("household.members[1].income", "noSuchField"), ("household.members.all(m, m.income > 0)", "noSuchField"),
        ("household.members.exists(m, m.income > 0)", "true"), ("Member{age: 3}.age", "3"),
        ("has(Member{age: 3}.name)", "false"), ("Member{age: 3} == Member{age: 3}", "true"),
        ("parameter('dibao', household.region)", "64300"), ("parameter('x', 'y')", "function"),
        ("min(dibao, 1)", "1"), ("'a'.isIn('a')", "true"), ("math.twice(1)", "wrongBinding"), ("case.urgent", "true"),
        (".dibao", "64300"), ("[1].map(dibao, .dibao + dibao)", "[64301]"), ("facts.score + 1", "8"),
        ("facts.nothing", "noSuchKey"), ("has(facts.nothing)", "false"), ("facts['score'] > 6", "true"),
        ("household.income / size(household.members)", "61200"),
    ])
    func `records and host functions`(source: String, expected: String) {
        #expect(result(source, in: relief, poorFamily) == expected)
    }

    @Test func `a variable without a value, or with one of another type, is an error with a place`() throws {
        let expression = try Expression("1 < 2 && dibao > 1", in: relief)
        let missing = #expect(throws: CELError.self) { try expression.evaluate([:]) }
        #expect(missing?.code == .unbound)
        #expect(missing?.column == 10)
        let wrong = #expect(throws: CELError.self) { try expression.evaluate(["dibao": .string("1")]) }
        #expect(wrong?.message == "dibao is string, not int")
        let inner: [String: Value] = [
            "household": .record("Household", ["members": .list([.record("Member", ["age": .string("9")])])])
        ]
        let nested = #expect(throws: CELError.self) {
            try Expression("size(household.members) > 0", in: relief).evaluate(inner)
        }
        #expect(nested?.message == "household.members[0].age is string, not int")
        let double = #expect(throws: CELError.self) {
            try Expression("size(facts) > 0", in: relief).evaluate(["facts": .map([.string("a"): .double(1)])])
        }
        #expect(double?.code == .wrongBinding)
    }

    @Test func `names what it reads`() throws {
        let source = "household.members.exists(m, m.age < 18 && dibao > m.age) || has(household.income) && case.urgent"
        let expected: Set = ["household", "household.members", "dibao", "household.income", "case.urgent"]
        #expect(try Expression(source, in: relief).variables == expected)
    }

    @Test(arguments: [
        ("[]", Type.list(.dyn)), ("[1, 2]", .list(.int)), ("[[], [1]]", .list(.list(.int))), ("[1, 'a']", .list(.dyn)),
        ("{'a': [1]}", .map(.string, .list(.int))), ("household.members[0]", .record("Member")),
        ("applied_at + duration('1h')", .timestamp), ("applied_at - applied_at", .duration), ("facts.x", .dyn),
        ("facts.x + 1", .int), ("household.members.map(m, m.age)", .list(.int)), ("type(1)", .type), ("null", .null),
        ("[] + [1]", .list(.int)), ("true ? [] : ['a']", .list(.string)),
    ])
    func `types`(source: String, type: Type) throws {
        #expect(try Expression(source, in: relief).type == type)
    }
}
