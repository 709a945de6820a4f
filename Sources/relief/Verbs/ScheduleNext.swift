import ArgumentParser
import Client
import Contract
import Foundation
import Output
import Terminal
import WorkingDays

/// What will run, in all its parts: the range is the limit.
struct ScheduleNext: QueryVerb {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "next", abstract: NextFirings.summary.shown,
            discussion: Phrase(
                """
                A dry run, with the working days that are known today. Times are 2026-11-22T09:00:00Z, or a day in China,
                from whose beginning or to whose end it goes. Without --from it begins now, without --to it ends a day
                later.
                """,
                """
                只作预告，按今天已知的工作日推算。时间写作 2026-11-22T09:00:00Z，或写北京时间的日期，自当日开始或至当日结束。
                不写 --from 则自现在起，不写 --to 则至一天之后。
                """
            ).shown)
    }
    @OptionGroup var common: CommonOptions
    @Option(help: NextFirings.help("from"), transform: typed) var from: Date?
    @Option(help: NextFirings.help("to")) var to: EndArgument?
    @Option(help: NextFirings.help("schedule")) var schedule: String?

    func operation() -> NextFirings {
        NextFirings(from: from, to: to?.date, schedule: schedule, limit: 500)
    }

    func carryOut(with client: ReliefClient) async throws {
        let asked = operation()
        var all: [FiringView] = []
        var cursor: String?
        repeat {
            let page = try await client.send(
                NextFirings(from: asked.from, to: asked.to, schedule: schedule, limit: asked.limit, cursor: cursor))
            all += page.items
            cursor = page.next
        } while cursor != nil
        try show(Page(items: all))
        guard schedule == nil, !common.json, !common.csv else { return }
        for silent in try await client.send(ListSchedules()).items where silent.paused {
            Standard.error(
                Phrase(
                    "Schedule \(silent.name) is paused: it isn't in this plan.", "计划 \(silent.name) 已暂停，不在此预告中。"
                ).shown)
        }
    }

    /// Up to when: a time, or a day's end in China.
    struct EndArgument: ExpressibleByArgument {
        let date: Date

        init?(argument: String) {
            // The last instant that the database tells from the next day's first.
            let end = Day(written: argument).map { $0.adding(days: 1).start().addingTimeInterval(-0.000_001) }
            guard let date = Timestamp.date(argument) ?? end else { return nil }
            self.date = date
        }
    }
}
