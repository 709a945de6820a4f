import ArgumentParser
import Contract
import Glibc
import Output
import Terminal

@main
struct Relief: Program {
    static let configuration = CommandConfiguration(
        commandName: "relief", abstract: "Case management of union assistance, on the command line.",
        discussion: """
            What a verb is about may stand alone after the verb: “relief case show R-2026-0001”.
            Amounts are in yuan, everywhere and as people write them (6430, 6,430.00, ￥6430, 0.643万元), days are written
            2026-11-22. An identity or account number given as “-” is read from the standard input, a line each, so that no
            list of processes and no history of a shell has it.

            Exit codes: 0 done, 1 a check that failed, 3 invalid, 4 not found, 5 conflict, 6 not allowed,
            7 reliefd is unavailable, 64 the command line can't be read, 70 internal error, 74 the answer or a file could not
            be written (a full disk; what was asked may be done). Where nobody reads the answer it ends as cat does (141).
            """,
        subcommands: nouns + [TopVerb.self, WhoAmIVerb.self, Verbs.self])

    static func main() async {
        // Whatever it writes is for its user alone, from the first byte on.
        umask(0o077)
        await perform()
    }

    static func words(_ typed: [String]) throws -> [String] {
        try Doubled.refuse(typed)
        return Subject.named(in: typed)
    }

    static func hint(for error: any Error) -> String? {
        guard exitCode(for: error) == .validationFailure, message(for: error).contains("is invalid for") else {
            return nil
        }
        return Phrase(
            "Days are written 2026-11-22, 2026/11/22 or 2026年11月22日, times 2026-11-22T09:00:00Z, amounts in yuan 6,430.00.",
            "日期写作 2026-11-22、2026/11/22 或 2026年11月22日，时间写作 2026-11-22T09:00:00Z，金额以元计，如 6,430.00。"
        ).shown
    }
}

/// Lists every operation that has a verb, so that a test can compare them with the contract.
struct Verbs: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "verbs", shouldDisplay: false)

    func run() throws {
        var seen: Set<ObjectIdentifier> = []
        for name in Self.names(of: Relief.self, &seen) { try Standard.output(name) }
    }

    /// A verb that stands under two nouns, as `job pause` and `queue pause`, is one.
    private static func names(
        of command: any ParsableCommand.Type, _ seen: inout Set<ObjectIdentifier>
    ) -> [String] {
        guard seen.insert(ObjectIdentifier(command)).inserted else { return [] }
        if let verb = command as? any Verb.Type { return verb.operationNames }
        return command.configuration.subcommands.flatMap { names(of: $0, &seen) }
    }
}
