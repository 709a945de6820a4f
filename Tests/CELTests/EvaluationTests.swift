import CEL
import Testing

@Suite struct EvaluationTests {
    @Test(arguments: [
        // Precedence and arithmetic.
        ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3"), ("-7 / 2", "-3"), ("-7 % 3", "-1"),
        ("10 - 3 - 2", "5"), ("2u + 3u", "5u"), ("1.5 + 2.5", "4.0"), ("-(1) - -1", "0"), ("--3", "3"),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("0x7F", "127"), ("-0x10", "-16"), ("0xFFu", "255u"), (".5 + 1e1", "10.5"), ("1.0 / 0.0 > 1.0", "true"),
        // Relations.
        ("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3", "true"), ("1 == 1 != false", "true"), ("1 < 2u", "true"),
        ("-1 < 1u", "true"), ("9223372036854775807 < 9223372036854775808.0", "true"), ("1 == dyn(1u)", "true"),
        ("dyn(1) == dyn('1')", "false"), ("dyn(1.0) == dyn(1)", "true"), ("'a' < 'b'", "true"),
        ("'\\uFF5E' < '\\U0001F600'", "true"), ("b'a' < b'ab'", "true"), ("false < true", "true"),
        ("[1, 2] == [1, 2]", "true"), ("{'a': 1} == {'a': 1}", "true"), ("[] == [1]", "false"),
        ("'\\u00e9' == 'e\\u0301'", "false"), ("null == null", "true"),
        // Logic.
        ("true || false && false", "true"), ("!true || !false", "true"), ("!!true", "true"),
        ("false ? 1 : true ? 2 : 3", "2"), ("1 in [1, 2] && !(3 in [1, 2])", "true"), ("'a' in {'a': 1}", "true"),
        ("1u in {1: 'x'}", "type error"), ("dyn(1u) in {1: 'x'}", "true"),
        // Aggregates.
        ("[1, 2, 3][1]", "2"), ("{'a': 1, 'b': 2}['b']", "2"), ("{'a': 1}.a", "1"), ("[1] + [2, 3]", "[1, 2, 3]"),
        ("{1: 'x', 2u: 'y', true: 'z'}[dyn(2)]", "\"y\""), ("[1, 'a', null,]", "[1, \"a\", null]"), ("{}", "{}"),
        ("has({'a': 1}.a) && !has({'a': 1}.b)", "true"),
        // Functions and conversions.
        ("size('工会帮扶') == 4 && '工会'.size() == 2", "true"), ("size(b'工会')", "6"), ("size([1]) + size({})", "1"),
        ("'工会帮扶'.contains('会帮')", "true"), ("'abc'.startsWith('ab') && 'abc'.endsWith('bc')", "true"),
        ("'abc'.contains('') && ''.contains('')", "true"), ("'aab'.contains('ab') && !'a'.contains('ab')", "true"),
        ("int('42') + int(2u) + int(1.9)", "45"), ("uint(3)", "3u"), ("double('1.5')", "1.5"), ("string(1u)", "\"1\""),
        ("string(b'ab') + string(true)", "\"abtrue\""), ("bytes('工')", "b\"\\xe5\\xb7\\xa5\""),
        ("bool('true')", "true"),
        ("type(1) == int && type([]) == list && type(type(1)) == type", "true"), ("type(null) == null_type", "true"),
        ("dyn([1, 2])[0] + 1", "2"),
    ])
    func `evaluates as the specification says`(source: String, expected: String) {
        #expect(result(source) == expected)
    }

    @Test(arguments: [
        ("timestamp('2026-11-22T09:30:00+08:00')", "timestamp(\"2026-11-22T01:30:00Z\")"),
        ("string(timestamp('1969-12-31T23:59:59.5Z'))", "\"1969-12-31T23:59:59.5Z\""),
        ("int(timestamp('1970-01-02T00:00:00Z'))", "86400"), ("timestamp(0).getFullYear()", "1970"),
        ("timestamp('2026-11-22T20:00:00Z').getDate()", "22"),
        ("timestamp('2026-11-22T20:00:00Z').getDate('+08:00')", "23"),
        ("timestamp('2026-11-22T20:00:00Z').getDate('Asia/Shanghai')", "23"),
        ("timestamp('2026-11-22T20:00:00Z').getHours('-09:30')", "10"),
        ("timestamp('2026-11-22T00:00:00Z').getDayOfWeek()", "0"),
        ("timestamp('2024-12-31T00:00:00Z').getDayOfYear()", "365"),
        ("timestamp('2026-11-22T00:00:00Z').getMonth()", "10"),
        ("timestamp('2026-11-22T00:00:00Z').getDayOfMonth()", "21"),
        ("timestamp('2026-11-22T01:02:03.456Z').getMilliseconds()", "456"),
        ("timestamp('2026-01-01T00:00:00Z') + duration('36h')", "timestamp(\"2026-01-02T12:00:00Z\")"),
        ("timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z') == duration('24h')", "true"),
        ("duration('1h30m') - duration('90m')", "duration(\"0s\")"), ("duration('-1.5s')", "duration(\"-1.5s\")"),
        ("duration('10000s').getHours()", "2"), ("duration('1500ms').getMilliseconds()", "500"),
        ("duration('1ns') < duration('1us')", "true"),
        ("timestamp('2026-01-01T00:00:00Z') < timestamp('2026-01-01T00:00:00.000000001Z')", "true"),
    ])
    func `tells time`(source: String, expected: String) {
        #expect(result(source) == expected)
    }

    @Test(arguments: [
        ("9223372036854775807 + 1", CELError.Code.overflow, 21), ("-9223372036854775808 - 1", .overflow, 22),
        ("-(-9223372036854775808)", .overflow, 1), ("-9223372036854775808 / -1", .overflow, 22),
        ("4611686018427387904 * 2", .overflow, 21), ("0u - 1u", .overflow, 4), ("1 / 0", .divisionByZero, 3),
        ("1 % 0", .divisionByZero, 3), ("1u / 0u", .divisionByZero, 4), ("[1][1]", .outOfRange, 4),
        ("[1][-1]", .outOfRange, 4), ("{'a': 1}['b']", .noSuchKey, 9), ("{'a': 1}.b", .noSuchKey, 10),
        ("int('x')", .badConversion, 1), ("int(9223372036854775808u)", .overflow, 1), ("uint(-1)", .overflow, 1),
        ("int(1e19)", .overflow, 1), ("{'a': 1, 'a': 2}", .badConversion, 10), ("dyn(1) + 'a'", .noOverload, 8),
        ("timestamp('2026-02-30T00:00:00Z')", .badConversion, 1), ("duration('1 day')", .badConversion, 1),
        ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", .overflow, 35),
        ("timestamp(0).getDate('Moon/Base')", .badConversion, 14), ("string(b'\\xff')", .badConversion, 1),
        ("dyn(1) ? 2 : 3", .noOverload, 1), ("!dyn(1)", .noOverload, 2), ("'a'.matches(dyn('['))", .badConversion, 5),
    ])
    func `an error has its code and place`(source: String, code: CELError.Code, column: Int) throws {
        let expression = try Expression(source, in: open)
        let error = #expect(throws: CELError.self) { try expression.evaluate([:]) }
        #expect(error?.code == code)
        #expect(error?.column == column)
        #expect(error?.line == 1)
    }

    @Test(arguments: [
        ("false && 1 / 0 > 0", "false"), ("1 / 0 > 0 && false", "false"), ("true || 1 / 0 > 0", "true"),
        ("1 / 0 > 0 || true", "true"), ("1 / 0 > 0 || false", "divisionByZero"),
        ("1 / 0 > 0 && true", "divisionByZero"),
        ("1 / 0 > 0 && 1 / 0 > 0 && false && true", "false"), ("false ? 1 / 0 : 7", "7"),
        ("[0, 1].exists(x, 1 / x > 0)", "true"), ("[0, 1].all(x, 1 / x > 1)", "false"),
        ("[0, 1].all(x, 1 / x > 0)", "divisionByZero"), ("[0, 1].exists(x, 1 / x > 1)", "divisionByZero"),
        ("[0, 1].exists_one(x, 1 / x > 0)", "divisionByZero"), ("dyn('x') || true", "true"),
        ("dyn('x') && true", "noOverload"),
    ])
    func `one deciding operand absorbs errors on either side`(source: String, expected: String) {
        #expect(result(source) == expected)
    }

    @Test(arguments: [
        ("[1, 2, 3].all(x, x > 0)", "true"), ("[].all(x, x > 0)", "true"), ("[].exists(x, x > 0)", "false"),
        ("[1, 2, 2].exists_one(x, x == 2)", "false"), ("[1, 2].exists_one(x, x == 2)", "true"),
        ("[1, 2, 3].map(x, x * x)", "[1, 4, 9]"), ("[1, 2, 3].filter(x, x % 2 == 1)", "[1, 3]"),
        ("[1, 2, 3].map(x, x > 1, x * 10)", "[20, 30]"), ("{'b': 1, 'a': 2}.map(k, k)", "[\"a\", \"b\"]"),
        ("{'b': 1, 'a': 2}.all(k, k < 'c')", "true"),
        ("[1, 2].exists(x, [2, 3].exists(y, x == y))", "true"),
        ("[1, 2].map(x, [10, 20].map(x, x + 1))", "[[11, 21], [11, 21]]"),
        ("[[1], [2, 3]].map(x, x.filter(y, y > size(x)))", "[[], [3]]"),
        ("[1].map(x, [2].map(y, x + y)[0] + x)", "[4]"),
    ])
    func `macros bind, nest and shadow`(source: String, expected: String) {
        #expect(result(source) == expected)
    }
}

/// An environment with nothing declared and doubles allowed.
let open = Environment(allowsDouble: true)

/// The value in CEL syntax, or what kind of error there was.
func result(_ source: String, in environment: Environment = open, _ bindings: [String: Value] = [:]) -> String {
    let expression: Expression
    do throws(CELError) {
        expression = try Expression(source, in: environment)
    } catch {
        return error.code == .wrongType ? "type error" : "\(error)"
    }
    do throws(CELError) {
        return try expression.evaluate(bindings).description
    } catch {
        return error.code.rawValue
    }
}
