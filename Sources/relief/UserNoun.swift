import ArgumentParser
import Contract
import Output

struct UserNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Users and their roles.",
        subcommands: [Create.self, Link.self, List.self, Grant.self, Revoke.self, Disable.self])
}

extension UserNoun {
    struct Create: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "Short name, unique: wang.fang.") var login: String
        @Option var name: String
        @Option(help: "Account on the daemon's host, by name or number, whose processes act as this user.")
        var unixUser: String?
        @OptionGroup var standing: StandingOptions

        func operation() throws -> CreateUser {
            CreateUser(
                login: login, name: name, unixUser: unixUser, person: standing.person,
                idNumber: try standing.number, organisation: standing.organisation)
        }
    }

    struct Link: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var user: String
        @OptionGroup var standing: StandingOptions

        func operation() throws -> LinkUser {
            LinkUser(
                user: user, person: standing.person, idNumber: try standing.number,
                organisation: standing.organisation)
        }
    }

    /// Which person a user stands for.
    struct StandingOptions: ParsableArguments {
        @Option(
            help: "Number of the person that the user stands for: all roles but administrator and auditor need one.")
        var person: String?
        @Option(help: "Instead of --person: the identity number; - reads it. Who isn't registered yet is.")
        var idNumber: String?
        @Option(help: "With --id-number: where the person is registered.") var organisation: String?

        var number: String? {
            get throws { try idNumber.map { try Standard.secret($0, field: "idNumber") } }
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListUsers {
            ListUsers(cursor: cursor, limit: limit)
        }
    }

    struct Grant: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var user: String
        @Option var role: Role
        @Option var organisation: String

        func operation() -> GrantRole {
            GrantRole(user: user, role: role, organisation: organisation)
        }
    }

    struct Revoke: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var user: String
        @Option var role: Role
        @Option var organisation: String

        func operation() -> RevokeRole {
            RevokeRole(user: user, role: role, organisation: organisation)
        }
    }

    struct Disable: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var user: String
        @Option var reason: String

        func operation() -> DisableUser {
            DisableUser(user: user, reason: reason)
        }
    }
}

struct WhoAmIVerb: QueryVerb {
    static let configuration = described
    static let tellsTokenEnd = false  // its answer has it
    @OptionGroup var common: CommonOptions

    func operation() -> WhoAmI {
        WhoAmI()
    }
}
