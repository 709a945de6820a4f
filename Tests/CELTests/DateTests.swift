import CEL
import Testing
import WorkingDays

/// Civil days: no time, no zone, months from 1.
struct DateTests {
    @Test(arguments: [
        ("date('2026-01-01')", "2026-01-01"), ("string(date('2026-01-01'))", "\"2026-01-01\""),
        ("year(date('2026-01-01'))", "2026"), ("month(date('2026-01-01'))", "1"), ("day(date('2026-01-31'))", "31"),
        ("date('2026-12-31').year()", "2026"), ("date('2026-12-31').month()", "12"), ("date('2026-12-31').day()", "31"),
        ("date('2026-01-01') == date('2026-01-01')", "true"), ("date('2026-01-01') != date('2026-01-02')", "true"),
        ("date('2025-12-31') < date('2026-01-01')", "true"), ("date('2026-01-01') >= date('2026-01-01')", "true"),
        ("date('2026-01-01') in [date('2025-01-01'), date('2026-01-01')]", "true"),
        ("[date('2026-01-02'), date('2026-01-01')]", "[2026-01-02, 2026-01-01]"),
        ("type(date('2026-01-01')) == date", "true"), ("type(date('2026-01-01'))", "date"),
        ("date(date('2026-01-01'))", "2026-01-01"),
        ("dyn(date('2026-01-01')) == '2026-01-01'", "false"), ("dyn(date('2026-01-01')) == date('2026-01-01')", "true"),
        ("date(dyn('2026-01-01'))", "2026-01-01"), ("year(dyn(date('2026-01-01')))", "2026"),
        // Reckoning.
        ("add_days(date('2026-12-31'), 1)", "2027-01-01"), ("add_days(date('2026-01-01'), -1)", "2025-12-31"),
        ("date('2026-02-28').add_days(1)", "2026-03-01"), ("add_days(date('2024-02-28'), 1)", "2024-02-29"),
        ("add_months(date('2026-01-31'), 1)", "2026-02-28"), ("add_months(date('2024-01-31'), 1)", "2024-02-29"),
        ("date('2026-11-15').add_months(2)", "2027-01-15"), ("add_months(date('2026-01-15'), -1)", "2025-12-15"),
        ("add_months(date('2026-01-01'), 0)", "2026-01-01"), ("add_months(date('2026-03-31'), -13)", "2025-02-28"),
        ("days_between(date('2026-01-01'), date('2027-01-01'))", "365"),
        ("days_between(date('2026-01-02'), date('2026-01-01'))", "-1"),
        ("months_between(date('2026-01-15'), date('2026-02-14'))", "0"),
        ("months_between(date('2026-01-15'), date('2026-02-15'))", "1"),
        ("months_between(date('2026-01-31'), date('2026-02-28'))", "1"),
        ("months_between(date('2025-03-31'), date('2026-03-30'))", "11"),
        ("months_between(date('2026-02-15'), date('2026-01-15'))", "-1"),
        ("months_between(date('2026-02-14'), date('2026-01-15'))", "0"),
        // What has no answer.
        ("date('2026-02-30')", "badConversion"), ("date('2026-1-1')", "badConversion"),
        ("date('2026-+1-01')", "badConversion"),
        ("date('2026-01-01T00:00:00Z')", "badConversion"), ("add_days(date('9999-12-31'), 1)", "overflow"),
        ("add_months(date('9999-12-31'), 1)", "overflow"), ("add_months(date('0001-01-31'), -1)", "overflow"),
        ("add_days(date('2026-01-01'), 9223372036854775807)", "overflow"),
        ("add_months(date('2026-01-01'), -9223372036854775807)", "overflow"), ("year(dyn(1))", "noOverload"),
        // What an author can't have meant.
        ("date('2026-01-01') < timestamp('2026-01-01T00:00:00Z')", "type error"),
        ("date('2026-01-01') == '2026-01-01'", "type error"),
        ("date('2026-01-01') + 1", "type error"), ("date('2026-01-02') - date('2026-01-01')", "type error"),
        ("date('2026-01-01').getFullYear()", "type error"), ("date(timestamp('2026-01-01T00:00:00Z'))", "type error"),
        ("timestamp(date('2026-01-01'))", "type error"), ("date(20260101)", "type error"),
        ("{date('2026-01-01'): 1}", "type error"),
        ("year('2026-01-01')", "type error"), ("add_months(date('2026-01-01'), date('2026-01-01'))", "type error"),
        ("int('+5')", "badConversion"), ("uint('+5')", "badConversion"), ("int('-5')", "-5"),
    ])
    func `days are days`(source: String, expected: String) {
        #expect(result(source) == expected)
    }

    @Test func `a trace shows a day as people write it`() throws {
        var environment = Environment()
        environment.declare("today", .date)
        let rule = try Expression("today < date('2026-07-01')", in: environment, expecting: .bool)
        let today = try #require(Day("2026-01-01"))
        #expect(rule.trace(["today": .date(today)]).explanation().joined().contains("today (2026-01-01)"))
    }

    @Test func `a bound day must be one`() throws {
        var environment = Environment()
        environment.declare("today", .date)
        let rule = try Expression("year(today)", in: environment)
        #expect(throws: CELError.self) { try rule.evaluate(["today": .string("2026-01-01")]) }
        #expect(throws: CELError.self) { try Expression("today.year", in: environment) }
    }

    @Test func `a host function may read a binding that no author names`() throws {
        var environment = Environment()
        environment.declare(
            function: Function("worked", [.date], returns: .bool, reads: "the calendar") { arguments in
                guard case .map(let days) = arguments[1] else { throw Function.Failure("no calendar") }
                return days[arguments[0]] ?? .bool(false)
            })
        let rule = try Expression("worked(date('2026-10-10'))", in: environment)
        let day = try #require(Day("2026-10-10"))
        #expect(rule.calls == ["worked", "date"] && rule.variables.isEmpty)
        #expect(try rule.evaluate(["the calendar": .map([.date(day): .bool(true)])]) == .bool(true))
        #expect(throws: CELError.self) { try rule.evaluate([:]) }
    }
}
