import ArgumentParser
import Contract

@main
struct Relief: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relief", abstract: "Case management of union assistance, on the command line.",
        discussion: """
            What a verb is about may stand alone after the verb: “relief case show R-2026-0001”.
            Amounts are in yuan (6,430.00), days are written 2026-11-22.

            Exit codes: 0 done, 1 a check that failed, 3 invalid, 4 not found, 5 conflict, 6 not allowed,
            7 reliefd is unavailable, 64 the command line can't be read, 70 internal error.
            """,
        subcommands: nouns + [WhoAmIVerb.self, Verbs.self])

    static func main() async {
        await main(Subject.named(in: Array(CommandLine.arguments.dropFirst())))
    }
}

/// Lists every operation that has a verb, so that a test can compare them with the contract.
struct Verbs: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "verbs", shouldDisplay: false)

    func run() {
        for name in Self.names(of: Relief.self) { print(name) }
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        if let verb = command as? any Verb.Type { return [verb.operationName] }
        return command.configuration.subcommands.flatMap(names)
    }
}
