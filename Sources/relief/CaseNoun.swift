import ArgumentParser
import Contract

struct CaseNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Relief cases.",
        subcommands: [
            Open.self, Amend.self, Submit.self, Withdraw.self, Suspend.self, Resume.self, Import.self, Screen.self,
            Decide.self, Close.self, Show.self, List.self, Explain.self, Timeline.self, Sheet.self, Sheets.self,
        ])
}

extension CaseNoun {
    struct Open: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var programme: String
        @Option var organisation: String
        @Option var household: String?
        @Option var person: String?
        @Option(help: "USCC.") var employer: String?
        @OptionGroup var told: FactOptions

        func operation() throws -> OpenCase {
            OpenCase(
                programme: programme, organisation: organisation, household: household, person: person,
                employer: employer, facts: try told.values)
        }

        func notes(on reply: CaseView) -> [String] { told.echo(reply) }
    }

    struct Amend: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @OptionGroup var told: FactOptions

        func operation() throws -> AmendCase {
            AmendCase(case: `case`, facts: try told.values)
        }

        func notes(on reply: CaseView) -> [String] { told.echo(reply) }
    }

    struct Withdraw: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @Option var reason: String

        func operation() -> WithdrawCase {
            WithdrawCase(case: `case`, reason: reason)
        }
    }

    struct Suspend: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @Option var reason: String

        func operation() -> SuspendCase {
            SuspendCase(case: `case`, reason: reason)
        }
    }

    struct Resume: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @Option var reason: String?

        func operation() -> ResumeCase {
            ResumeCase(case: `case`, reason: reason)
        }
    }

    struct Import: ImportVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var programme: String
        @Option var organisation: String
        @OptionGroup var taking: ImportOptions
        @Flag(help: "Whether valid cases are submitted at once.") var submit = false

        func operation() throws -> ImportCases {
            ImportCases(
                programme: programme, organisation: organisation, csv: try taking.content(), mode: taking.mode,
                submit: submit)
        }
    }

    struct Screen: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var programme: String
        @Option var organisation: String
        @Option var year: Int

        func operation() -> ScreenCases {
            ScreenCases(programme: programme, organisation: organisation, year: year)
        }
    }

    struct Close: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @Option var outcome: ExitReason
        @Option var note: String

        func operation() -> CloseCase {
            CloseCase(case: `case`, outcome: outcome, note: note)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var `case`: String

        func operation() -> ShowCase {
            ShowCase(case: `case`)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var programme: String?
        @Option var state: CaseState?
        @Option(help: "Kind of the open step.") var step: String?
        @Option var organisation: String?
        @Option(help: "In number and name.") var search: String?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListCases {
            ListCases(
                programme: programme, state: state, step: step, organisation: organisation, search: search,
                cursor: cursor, limit: limit)
        }
    }

    struct Explain: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var `case`: String

        func operation() -> ExplainCase {
            ExplainCase(case: `case`)
        }
    }

    struct Timeline: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var `case`: String

        func operation() -> ShowTimeline {
            ShowTimeline(case: `case`)
        }
    }
}
