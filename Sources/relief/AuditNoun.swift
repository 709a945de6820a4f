import ArgumentParser
import Contract

struct AuditNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit log.",
        subcommands: [Log.self, Show.self, Prove.self, Verify.self, Checkpoint.self, Key.self, Export.self])
}

extension AuditNoun {
    struct Log: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var subject: String?
        @Option var actor: String?
        @Option var command: String?
        @Option(help: "Sequence number to read on from.") var before: Int64?
        @Option var limit: Int?

        func operation() -> ShowAuditLog {
            ShowAuditLog(subject: subject, actor: actor, command: command, before: before, limit: limit)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var index: Int64

        func operation() -> ShowAuditEntry {
            ShowAuditEntry(index: index)
        }
    }

    struct Prove: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var index: Int64?
        @Option(help: "Newest leaf about it, where no index is given.") var subject: String?

        func operation() -> ProveAudit {
            ProveAudit(index: index, subject: subject)
        }
    }

    struct Verify: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> VerifyAudit {
            VerifyAudit()
        }
    }

    struct Checkpoint: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> GetCheckpoint {
            GetCheckpoint()
        }
    }

    struct Key: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> GetLogKey {
            GetLogKey()
        }
    }
}
