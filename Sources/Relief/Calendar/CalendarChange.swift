import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Carries a change of the working days through everything that was reckoned by them and still runs. What a person signed
/// doesn't move; that it stands on a day off is said.
struct CalendarChange {
    /// The first and the last day that were entered.
    let first: Day
    let last: Day
    let calendar: WorkingCalendar
    let context: CommandContext
    /// More than these are not listed; they move all the same.
    static let mostListed = 1_000

    init(first: Day, last: Day, in context: CommandContext) async throws {
        (self.first, self.last, self.context) = (first, last, context)
        calendar = try await Calendars.read(in: context.transaction)
    }

    /// What moved, over the whole tree: the calendar is one for all, and nothing but numbers and days is said.
    func carryThrough() async throws -> (moved: [MovedDay], warnings: [Phrase]) {
        var moved: [MovedDay] = []
        var warnings: [Phrase] = []
        try await context.seeingAll { _ in
            moved += try await notices()
            moved += try await deadlines()
            moved += try await coolingOff()
            moved += try await instalments()
            moved += try await runs()
            warnings += try await shortNotices()
            warnings += try await runsOnDaysOff()
        }
        if let far = moved.map(\.to).max(), let near = moved.map(\.to).min() {
            warnings += Calendars.warnings(calendar, from: max(near, last.adding(days: 1)), through: far) ?? []
        }
        note(moved)
        return (Array(moved.prefix(Self.mostListed)), warnings + more(than: moved.count))
    }

    /// In the leaf stand how many of each moved; it is found by what it moved.
    private func note(_ moved: [MovedDay]) {
        for kind in MovedDay.Kind.allCases {
            let count = moved.count { $0.kind == kind }
            if count > 0 { context.note("moved.\(kind.rawValue)", .int(Int64(count))) }
        }
        for day in moved.prefix(Self.mostListed) { context.concerns(day.number) }
    }

    private func more(than count: Int) -> [Phrase] {
        let rest = count - Self.mostListed
        guard rest > 0 else { return [] }
        return [Phrase("\(rest) more moved that aren't listed.", "另有 \(rest) 项随之变动，未逐一列出。")]
    }
}
