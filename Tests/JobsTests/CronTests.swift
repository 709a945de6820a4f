import Foundation
import Jobs
import Testing
import WorkingDays

struct CronTests {
    @Test(arguments: [
        ("* * * *", "fields"), ("60 * * * *", "minute"), ("* 24 * * *", "hour"), ("* * 0 * *", "day of month"),
        ("* * * 13 *", "month"), ("* * * foo *", "month"), ("* * * * 8", "day of week"), ("*/0 * * * *", "minute"),
        ("5-1 * * * *", "minute"), ("1,,2 * * * *", "minute"), ("1/2/3 * * * *", "minute"), ("@never", "@daily"),
        ("-1 * * * *", "minute"), ("", "fields"), ("+5 * * * *", "minute"), ("*/+5 * * * *", "minute"),
        ("٥ * * * *", "minute"),
    ])
    func `a wrong expression is refused and its field named`(text: String, named: String) {
        #expect(performing: { try Cron(text) }, throws: { "\($0)".contains(named) })
    }

    @Test(arguments: [
        ("0 9 * * mon-fri", "2026-11-20", true), ("0 9 * * MON-FRI", "2026-11-21", false),
        ("0 9 1 jan,Jul *", "2026-07-01", true), ("0 9 1 jan,Jul *", "2026-08-01", false),
        ("0 9 13 * fri", "2026-11-13", true), ("0 9 13 * fri", "2026-11-20", true),
        ("0 9 13 * fri", "2026-12-13", true), ("0 9 13 * fri", "2026-12-14", false),
        ("0 9 */10 * *", "2026-11-21", true), ("0 9 */10 * *", "2026-11-20", false),
        ("0 9 * * 7", "2026-11-22", true), ("0 9 * * 0", "2026-11-22", true), ("0 9 20/5 * *", "2026-11-25", true),
        ("0 9 29 2 *", "2028-02-29", true), ("0 9 * * 5-7", "2026-11-22", true),
    ])
    func `day fields`(text: String, day: String, matches: Bool) throws {
        let day = try #require(Day(day))
        #expect(try Cron(text).matches(day) == matches)
    }
}
