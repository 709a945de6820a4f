import Foundation
import WorkingDays

/// The clock on a wall in a zone: which instants of a civil day a cron expression means.
struct WallClock {
    let zone: TimeZone

    func day(of instant: Date) -> Day { Day(instant, secondsFromUTC: zone.secondsFromGMT(for: instant)) }

    /// The instants of a day, in order.
    ///
    /// Where clocks are put forward, a time that is skipped means the moment after the gap; where they are put back, a
    /// time that comes twice means the first. An expression for every hour follows the passing of time instead: it skips
    /// nothing but the hour that doesn't exist, and runs in both of the two hours of one name.
    func instants(of cron: Cron, on day: Day) -> [Date] {
        let start = instant(of: day, minute: 0)
        let end = instant(of: day.adding(days: 1), minute: 0)
        let offset = zone.secondsFromGMT(for: start)
        let steady = zone.secondsFromGMT(for: end) == offset && end.timeIntervalSince(start) == 86_400
        if cron.everyHour && !steady {
            return stride(from: 0, to: end.timeIntervalSince(start), by: 60).map(start.addingTimeInterval).filter {
                let minute = minuteOfDay($0)
                return cron.hours.contains(minute / 60) && cron.minutes.contains(minute % 60)
            }
        }
        let times = cron.hours.flatMap { hour in cron.minutes.map { hour * 60 + $0 } }
        if steady { return times.map { day.start(secondsFromUTC: offset).addingTimeInterval(Double($0 * 60)) } }
        return Set(times.map { instant(of: day, minute: $0) }).sorted()
    }

    private func minuteOfDay(_ instant: Date) -> Int {
        let local = Int(instant.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: instant)
        return (local % 86_400 + 86_400) % 86_400 / 60
    }

    /// The first instant at which the wall shows this minute of the day, or the end of the gap that swallows it.
    private func instant(of day: Day, minute: Int) -> Date {
        let local = day.start(secondsFromUTC: 0).addingTimeInterval(Double(minute * 60))
        let (before, after) = (local.addingTimeInterval(-86_400), local.addingTimeInterval(86_400))
        let offsets = [zone.secondsFromGMT(for: before), zone.secondsFromGMT(for: after)]
        let shown = offsets.map { local.addingTimeInterval(-Double($0)) }.filter {
            $0.addingTimeInterval(Double(zone.secondsFromGMT(for: $0))) == local
        }
        return shown.min() ?? transition(between: before, and: after)
    }

    /// The second at which the offset changes; `low` and `high` have different ones.
    private func transition(between low: Date, and high: Date) -> Date {
        var (low, high) = (low.timeIntervalSince1970, high.timeIntervalSince1970)
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: low))
        while high - low > 1 {
            let middle = ((low + high) / 2).rounded(.down)
            let same = zone.secondsFromGMT(for: Date(timeIntervalSince1970: middle)) == offset
            (low, high) = same ? (middle, high) : (low, middle)
        }
        return Date(timeIntervalSince1970: high)
    }
}
