import ArgumentParser
import Contract
import Terminal

/// All verbs of the noun that `First`, its first operation, belongs to.
struct NounCommand<First: Contract.Operation>: ParsableCommand {
    static var configuration: CommandConfiguration {
        let noun = Noun.of(First.self)
        let verbs = Nouns.areListed ? [] : Nouns.verbs(of: First.noun)
        return CommandConfiguration(
            commandName: First.noun, abstract: noun.map { $0.told.shown } ?? "", subcommands: verbs,
            defaultSubcommand: noun?.usual.flatMap { usual in verbs.first { $0.configuration.commandName == usual } },
            aliases: noun?.others ?? [])
    }
}

/// The nouns of the command line, made from the operations.
enum Nouns {
    /// Verbs that do more than pass fields on.
    private static let byHand: [any Verb.Type] = [
        CaseDecide.self, CaseSubmit.self, AccountApprove.self, RunCheck.self, RunApprove.self, RunRelease.self,
        RunFile.self, EvidenceGet.self, TokenRenew.self, JobTail.self, JobRetry.self, JobResolve.self, QueueLimit.self,
        ScheduleNext.self,
    ]

    /// Verbs that stand under a noun and ask for no operation of it.
    private static let besides: [String: [any ParsableCommand.Type]] = [
        "audit": [AuditExport.self], "job": [Doing<PauseQueue>.self, Doing<ResumeQueue>.self],
    ]

    /// In the order in which help lists them. Where the command line names a noun, that one alone: the others would be
    /// made for nothing.
    static var commands: [any ParsableCommand.Type] {
        let asked = CommandLine.arguments.dropFirst().first.flatMap { Noun.named($0) }
        let first = Dictionary(Catalogue.operations.map { ($0.noun, $0) }) { one, _ in one }
        return Noun.all.filter { asked == nil || $0.name == asked?.name }.compactMap { noun in
            first[noun.name].map { command($0) }
        }
    }

    /// Whether help of the whole is asked for, which has no verbs.
    static let areListed = [nil, "--help", "-h"].contains(CommandLine.arguments.dropFirst().first)

    static func verbs(of noun: String) -> [any ParsableCommand.Type] {
        var hands: Set<ObjectIdentifier> = []
        let own = Catalogue.operations.filter { $0.noun == noun }.compactMap {
            operation -> (any ParsableCommand.Type)? in
            guard let hand = byHand.first(where: { $0.operationNames.contains(operation.name) }) else {
                return verb(operation)
            }
            return hands.insert(ObjectIdentifier(hand)).inserted ? hand : nil
        }
        return own + (besides[noun] ?? [])
    }

    private static func command<First: Contract.Operation>(_ first: First.Type) -> any ParsableCommand.Type {
        NounCommand<First>.self
    }

    private static func verb(_ operation: any Contract.Operation.Type) -> (any ParsableCommand.Type)? {
        func asking<Asked: Query>(_ type: Asked.Type) -> any ParsableCommand.Type { Asking<Asked>.self }
        func doing<Asked: Command>(_ type: Asked.Type) -> any ParsableCommand.Type { Doing<Asked>.self }
        if let query = operation as? any Query.Type { return asking(query) }
        if let command = operation as? any Command.Type { return doing(command) }
        return nil
    }
}
