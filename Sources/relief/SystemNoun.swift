import ArgumentParser
import Contract

struct ClockNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "The daemon's time.", subcommands: [Show.self, Advance.self],
        defaultSubcommand: Show.self)
}

extension ClockNoun {
    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> ShowClock {
            ShowClock()
        }
    }

    struct Advance: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "A time, 2026-11-22T09:00:00Z, or a day.") var to: TimeArgument?
        @Option var workingDays: Int?
        @Option var days: Int?

        func operation() -> AdvanceClock {
            AdvanceClock(to: to?.date, workingDays: workingDays, days: days)
        }
    }
}

struct DoctorNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Health of the daemon.", subcommands: [Report.self],
        defaultSubcommand: Report.self)
}

extension DoctorNoun {
    struct Report: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> ReportHealth {
            ReportHealth()
        }
    }
}
