import ArgumentParser
import Contract
import WorkingDays

struct HouseholdNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "household", abstract: "Households.",
        subcommands: [Open.self, Join.self, Leave.self, List.self, Show.self, Import.self])
}

extension HouseholdNoun {
    struct Open: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var organisation: String
        @Option(help: "Person number.") var head: String
        @Option var address: String?
        @Option(name: .customLong("member"), help: "A member but the head, PERSON:relation; repeat for more.")
        var members: [MemberArgument] = []

        func operation() -> OpenHousehold {
            OpenHousehold(organisation: organisation, head: head, address: address, members: members.map(\.member))
        }
    }

    struct Join: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var household: String
        @Option var person: String
        @Option var relation: String
        @Option var on: Day

        func operation() -> JoinHousehold {
            JoinHousehold(household: household, person: person, relation: relation, on: on)
        }
    }

    struct Leave: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var household: String
        @Option var person: String
        @Option var on: Day
        @Option var reason: String

        func operation() -> LeaveHousehold {
            LeaveHousehold(household: household, person: person, on: on, reason: reason)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var organisation: String?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListHouseholds {
            ListHouseholds(organisation: organisation, cursor: cursor, limit: limit)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var household: String

        func operation() -> ShowHousehold {
            ShowHousehold(household: household)
        }
    }

    struct Import: ImportVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var organisation: String
        @OptionGroup var taking: ImportOptions

        func operation() throws -> ImportHouseholds {
            ImportHouseholds(organisation: organisation, csv: try taking.content(), mode: taking.mode)
        }
    }
}
