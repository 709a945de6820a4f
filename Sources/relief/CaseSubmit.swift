import ArgumentParser
import Client
import Contract
import Output

extension CaseNoun {
    /// Submits one case, or each draft of a programme in turn.
    struct Submit: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String?
        @Flag(help: "Each draft of a programme, a line each; what one lacks is said, and the rest go on.") var all =
            false
        @Option(help: "With --all.") var programme: String?
        @Option(help: "With --all.") var organisation: String?

        func validate() throws {
            guard all == (self.case == nil) else { throw ValidationError("Name a --case, or --all.") }
            if all, programme == nil { throw ValidationError("--all needs --programme.") }
            if all, sending.key != nil { throw ValidationError("--key is for one case.") }
        }

        func operation() throws -> SubmitCase {
            guard let number = self.case else { throw Refusal.invalid("Name a --case.") }
            return SubmitCase(case: number)
        }

        func carryOut(with client: ReliefClient) async throws {
            guard all else {
                try show(try await client.send(try operation(), key: sending.key, dryRun: sending.dryRun))
                return
            }
            var batch = CaseBatch(client: client)
            let numbers = try await batch.numbers {
                ListCases(programme: programme, state: .draft, organisation: organisation, cursor: $0)
            }
            try await batch.each(numbers) { number in
                let submitted = try await client.send(SubmitCase(case: number), dryRun: sending.dryRun)
                if common.json {
                    try show(submitted)
                } else {
                    try Standard.output(CaseBatch.line(submitted, "submitted", dryRun: sending.dryRun))
                }
                return true
            }
            try batch.end("submitted")
        }
    }
}
