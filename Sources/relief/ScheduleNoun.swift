import ArgumentParser
import Client
import Contract
import Output

struct ScheduleNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "What runs by the clock.",
        subcommands: [List.self, Next.self, Run.self, Pause.self, Resume.self])
}

extension ScheduleNoun {
    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> ListSchedules {
            ListSchedules()
        }
    }

    struct Next: QueryVerb {
        static let configuration = CommandConfiguration(
            commandName: "next", abstract: NextFirings.summary,
            discussion: """
                A dry run, with the working days that are known today. Times are 2026-11-22T09:00:00Z, or a day in China,
                from whose beginning or to whose end it goes. Without --from it begins now, without --to it ends a day
                later.
                """)
        @OptionGroup var common: CommonOptions
        @Option(help: ArgumentHelp("A time or a day.", valueName: "time")) var from: TimeArgument?
        @Option(help: ArgumentHelp("A time or a day; not later than that.", valueName: "time")) var to: EndArgument?
        @Option var schedule: String?

        func operation() -> NextFirings {
            NextFirings(from: from?.date, to: to?.date, schedule: schedule, limit: 500)
        }

        /// Asks for all parts: the range is the limit.
        func carryOut(with client: ReliefClient) async throws {
            let asked = operation()
            var all: [FiringView] = []
            var cursor: String?
            repeat {
                let page = try await client.send(
                    NextFirings(
                        from: asked.from, to: asked.to, schedule: schedule, limit: asked.limit, cursor: cursor))
                all += page.items
                cursor = page.next
            } while cursor != nil
            try show(Page(items: all))
            guard schedule == nil, !common.json, !common.csv else { return }
            for silent in try await client.send(ListSchedules()).items where silent.paused {
                Standard.error("Schedule \(silent.name) is paused: it isn't in this plan.")
            }
        }
    }

    struct Run: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var schedule: String
        @Option(help: "Why it runs out of turn; the audit log keeps it.") var reason: String

        func operation() -> RunSchedule {
            RunSchedule(schedule: schedule, reason: reason)
        }
    }

    struct Pause: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var schedule: String
        @Option(help: "Why; the audit log keeps it.") var reason: String

        func operation() -> PauseSchedule {
            PauseSchedule(schedule: schedule, reason: reason)
        }
    }

    struct Resume: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var schedule: String

        func operation() -> ResumeSchedule {
            ResumeSchedule(schedule: schedule)
        }
    }
}
