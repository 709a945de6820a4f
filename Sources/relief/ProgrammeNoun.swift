import ArgumentParser
import Contract
import WorkingDays

struct ProgrammeNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programme", abstract: "Relief programmes.",
        subcommands: [Check.self, Add.self, Release.self, Retire.self, List.self, Show.self])
}

extension ProgrammeNoun {
    struct Check: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option(help: ArgumentHelp("Programme pack, YAML.", valueName: "file")) var pack: String

        func operation() throws -> CheckProgramme {
            CheckProgramme(text: try Files.text(pack))
        }
    }

    struct Add: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: ArgumentHelp("Programme pack, YAML.", valueName: "file")) var pack: String

        func operation() throws -> AddProgramme {
            AddProgramme(text: try Files.text(pack), fileName: Files.name(pack))
        }
    }

    struct Release: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var programme: String
        @Option var version: Int

        func operation() -> ReleaseProgramme {
            ReleaseProgramme(programme: programme, version: version)
        }
    }

    struct Retire: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var programme: String
        @Option var version: Int

        func operation() -> RetireProgramme {
            RetireProgramme(programme: programme, version: version)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> ListProgrammes {
            ListProgrammes()
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var programme: String
        @Option var version: Int?

        func operation() -> ShowProgramme {
            ShowProgramme(programme: programme, version: version)
        }
    }
}

struct ParameterNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parameter", abstract: "Dated, regional figures.",
        subcommands: [Define.self, Definitions.self, Set.self, Confirm.self, Withdraw.self, List.self])
}

extension ParameterNoun {
    struct Define: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "Small letters, digits and underscores, as packs write it.") var name: String
        @Option(help: "What it counts: money, count, percent or days.") var kind: FigureKind
        @Option(help: "As people call it.") var title: String

        func operation() -> DefineParameter {
            DefineParameter(name: name, kind: kind, title: title)
        }
    }

    struct Definitions: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> ListDefinitions {
            ListDefinitions()
        }
    }

    struct Set: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var name: String
        @Option(help: "Organisation code; holds for its subtree unless set nearer.") var region: String
        @Option var from: Day
        @Option(help: "Last day.") var to: Day?
        @Option(help: "By its kind: an amount in yuan (643, 8万), whole percent, days or a count.") var value: String
        @Option(help: "May be left out; must fit the kind: yuan, fen, percent, days.") var unit: String?
        @Option(help: "The document it comes from.") var source: String

        func operation() -> SetParameter {
            SetParameter(name: name, region: region, from: from, to: to, value: value, unit: unit, source: source)
        }
    }

    struct Confirm: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @OptionGroup var waiting: WaitingValue

        func operation() -> ConfirmParameter {
            ConfirmParameter(
                name: waiting.name, region: waiting.region, from: waiting.from, value: waiting.value,
                unit: waiting.unit)
        }
    }

    struct Withdraw: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @OptionGroup var waiting: WaitingValue
        @Option(help: "The audit log keeps it.") var reason: String

        func operation() -> WithdrawParameter {
            WithdrawParameter(
                name: waiting.name, region: waiting.region, from: waiting.from, value: waiting.value,
                unit: waiting.unit, reason: reason)
        }
    }

    /// A figure's value that waits for its confirmation.
    struct WaitingValue: ParsableArguments {
        @Option var name: String
        @Option(help: "Organisation code.") var region: String
        @Option var from: Day
        @Option(help: "By its kind; must be the value that waits.") var value: String
        @Option(help: "May be left out; must fit the kind: yuan, fen, percent, days.") var unit: String?
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var name: String?
        @Option var region: String?

        func operation() -> ListParameters {
            ListParameters(name: name, region: region)
        }
    }
}

struct CalendarNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar", abstract: "Working days.", subcommands: [Set.self, Show.self])
}

extension CalendarNoun {
    struct Set: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(
            name: .customLong("day"),
            help:
                "2026-10-01:off:国庆节 or 2026-10-10:working:调休; a weekday that is working goes back to what it is; repeat for more."
        )
        var days: [CalendarDayArgument]
        @Option var source: String

        func operation() -> SetCalendar {
            SetCalendar(days: days.map(\.day), source: source)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var from: Day
        @Option var to: Day

        func operation() -> ShowCalendar {
            ShowCalendar(from: from, to: to)
        }
    }
}
