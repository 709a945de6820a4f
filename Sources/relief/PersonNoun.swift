import ArgumentParser
import Contract
import Output
import WorkingDays

struct PersonNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "Persons.",
        subcommands: [
            Register.self, List.self, Find.self, Show.self, Reveal.self, Correct.self, Died.self, Alive.self,
            Erase.self, Kin.self,
        ])
}

extension PersonNoun {
    struct Register: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var name: String
        @Option(help: "Resident identity number, 18 characters; - reads it.") var idNumber: String
        @Option var phone: String?
        @Option var organisation: String
        @Option(help: "USCC of the employer.") var employer: String?

        func operation() throws -> RegisterPerson {
            RegisterPerson(
                name: name, idNumber: try Standard.secret(idNumber, field: "idNumber"), phone: phone,
                organisation: organisation, employer: employer)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var organisation: String?
        @Option(help: "Beginning of the name.") var name: String?
        @Option var cursor: String?
        @Option var limit: Int?

        func operation() -> ListPersons {
            ListPersons(organisation: organisation, name: name, cursor: cursor, limit: limit)
        }
    }

    struct Find: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option(help: "- reads it.") var idNumber: String

        func operation() throws -> FindPerson {
            FindPerson(idNumber: try Standard.secret(idNumber, field: "idNumber"))
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var person: String

        func operation() -> ShowPerson {
            ShowPerson(person: person)
        }
    }

    struct Reveal: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var person: String
        @Option var field: PersonalField
        @Option var reason: String

        func operation() -> RevealPerson {
            RevealPerson(person: person, field: field, reason: reason)
        }
    }

    struct Correct: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var person: String
        @Option var name: String?
        @Option var phone: String?
        @Option var reason: String

        func operation() -> CorrectPerson {
            CorrectPerson(person: person, name: name, phone: phone, reason: reason)
        }
    }

    struct Alive: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var person: String
        @Option(help: "Why; the audit log keeps it.") var reason: String

        func operation() -> RetractDeath {
            RetractDeath(person: person, reason: reason)
        }
    }

    struct Died: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var person: String
        @Option var on: Day

        func operation() -> RecordDeath {
            RecordDeath(person: person, on: on)
        }
    }

    struct Erase: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var person: String
        @Option var reason: String

        func operation() -> ErasePerson {
            ErasePerson(person: person, reason: reason)
        }
    }

    struct Kin: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var person: String
        @Option(help: "Number of the other person.") var relative: String
        @Option(help: "What the other is to the person: spouse, sibling…") var relation: String

        func operation() -> DeclareKin {
            DeclareKin(person: person, relative: relative, relation: relation)
        }
    }
}

struct MembershipNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "membership", abstract: "Membership in a union.", subcommands: [Join.self, Leave.self])
}

extension MembershipNoun {
    struct Join: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var person: String
        @Option var organisation: String
        @Option var employer: String?
        @Option var on: Day

        func operation() -> JoinUnion {
            JoinUnion(person: person, organisation: organisation, employer: employer, on: on)
        }
    }

    struct Leave: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var person: String
        @Option var organisation: String
        @Option var on: Day

        func operation() -> LeaveUnion {
            LeaveUnion(person: person, organisation: organisation, on: on)
        }
    }
}
