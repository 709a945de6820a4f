import ArgumentParser
import Contract

struct NoticeNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notice", abstract: "Public notices.",
        subcommands: [Publish.self, List.self, Show.self, Withdraw.self, Object.self])
}

extension NoticeNoun {
    struct Publish: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var programme: String
        @Option var organisation: String
        @Option(name: .customLong("case"), help: "All that wait, where not given. Repeat for more.")
        var cases: [String] = []

        func operation() -> PublishNotice {
            PublishNotice(programme: programme, organisation: organisation, cases: cases.isEmpty ? nil : cases)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var organisation: String?
        @Option var state: NoticeState?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListNotices {
            ListNotices(organisation: organisation, state: state, cursor: cursor, limit: limit)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var notice: String

        func operation() -> ShowNotice {
            ShowNotice(notice: notice)
        }
    }

    struct Withdraw: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var notice: String
        @Option var reason: String

        func operation() -> WithdrawNotice {
            WithdrawNotice(notice: notice, reason: reason)
        }
    }

    struct Object: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var notice: String
        @Option var `case`: String
        @Option var text: String
        @Option(help: "Who objects, where they gave a name.") var raisedBy: String?

        func operation() -> ObjectToNotice {
            ObjectToNotice(notice: notice, case: `case`, text: text, raisedBy: raisedBy)
        }
    }
}

struct ObjectionNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "objection", abstract: "Objections to public notices.", subcommands: [Resolve.self])
}

extension ObjectionNoun {
    struct Resolve: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var objection: Identifier
        @Option var outcome: ObjectionOutcome
        @Option var reason: String

        func operation() -> ResolveObjection {
            ResolveObjection(objection: objection.uuid, outcome: outcome, reason: reason)
        }
    }
}
