import ArgumentParser
import Contract
import WorkingDays

struct OrganisationNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organisation", abstract: "The tree of unions.",
        subcommands: [Create.self, Attach.self, List.self, Show.self], aliases: ["org"])
}

extension OrganisationNoun {
    struct Create: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "Unique, letters, digits and underscore: a label of its path.") var code: String
        @Option var name: String
        @Option var level: UnionLevel
        @Option var line: UnionLine
        @Option(help: "Code of the parent that also funds it; none only for the root.") var parent: String?
        @Option(help: "GB/T 2260 code of its region.") var region: String?

        func operation() -> CreateOrganisation {
            CreateOrganisation(code: code, name: name, level: level, line: line, parent: parent, region: region)
        }
    }

    struct Attach: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var organisation: String
        @Option var parent: String
        @Flag(help: "Whether money comes through this parent; exactly one does on any day.") var fundParent = false
        @Option var from: Day

        func operation() -> AttachOrganisation {
            AttachOrganisation(organisation: organisation, parent: parent, fundParent: fundParent, from: from)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var under: String?
        @Option var line: UnionLine?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListOrganisations {
            ListOrganisations(under: under, line: line, cursor: cursor, limit: limit)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var organisation: String

        func operation() -> ShowOrganisation {
            ShowOrganisation(organisation: organisation)
        }
    }
}

struct EmployerNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "employer", abstract: "Employers.", subcommands: [Register.self, List.self])
}

extension EmployerNoun {
    struct Register: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option(help: "Unified social credit code, 18 characters.") var uscc: String
        @Option var name: String
        @Option var kind: EmployerKind
        @Option(help: "Organisation code of its grassroots union.") var union: String

        func operation() -> RegisterEmployer {
            RegisterEmployer(uscc: uscc, name: name, kind: kind, union: union)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var under: String?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListEmployers {
            ListEmployers(under: under, cursor: cursor, limit: limit)
        }
    }
}
