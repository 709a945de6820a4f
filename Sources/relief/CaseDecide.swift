import ArgumentParser
import Client
import Contract
import Output

extension CaseNoun {
    /// Decides over exactly what it shows: one case, or each of a list in turn.
    struct Decide: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String?
        @Flag(help: "Each case that waits for this step, a line each.") var all = false
        @Flag(help: "With --all: each case whole, before it is decided.") var show = false
        @Option(help: "With --all.") var programme: String?
        @Option(help: "With --all: kind of the step.") var step: String?
        @Option(help: "With --all.") var organisation: String?
        @Option var outcome: DecisionOutcome
        @Option(help: "Required but for pass.") var reason: String?
        @Option(help: "What was seen; the case is shown and its sheet taken, where not given.") var sheet: String?

        func validate() throws {
            guard all == (self.case == nil) else { throw ValidationError("Name a --case, or --all.") }
            if all, step == nil { throw ValidationError("--all needs --step, so that nothing else is decided.") }
            if all, sheet != nil || sending.key != nil {
                throw ValidationError("--sheet and --key are for one case.")
            }
            if show, !all { throw ValidationError("--show is for --all; one case is always shown.") }
        }

        func operation() throws -> DecideCase {
            guard let number = self.case, let sheet else { throw Refusal.invalid("Name a --case and its --sheet.") }
            return DecideCase(case: number, outcome: outcome, reason: reason, sheet: sheet)
        }

        func carryOut(with client: ReliefClient) async throws {
            if let number = self.case {
                if sheet == nil {
                    _ = try await decide(number, whole: true, with: client)
                } else {
                    try show(try await client.send(try operation(), key: sending.key, dryRun: sending.dryRun))
                }
                return
            }
            var batch = CaseBatch(client: client)
            let numbers = try await batch.numbers {
                ListCases(programme: programme, step: step, organisation: organisation, cursor: $0)
            }
            try await batch.each(numbers) { try await decide($0, whole: show, with: client) }
            try batch.end("decided")
        }

        private func decide(_ number: String, whole: Bool, with client: ReliefClient) async throws -> Bool {
            let file = try await client.send(ShowCase(case: number))
            guard step == nil || file.step == step else {
                Standard.error("\(number) is no longer at \(step ?? ""); left out.")
                return false
            }
            if whole, !common.json { try Standard.output(try file.presentation() + "\n") }
            let decision = DecideCase(case: number, outcome: outcome, reason: reason, sheet: file.sheet)
            let decided = try await client.send(decision, key: sending.key, dryRun: sending.dryRun)
            if common.json {
                try show(decided)
            } else {
                try Standard.output(
                    CaseBatch.line(
                        decided, outcome.rawValue, over: file.assessment?.amount, dryRun: sending.dryRun))
            }
            return true
        }
    }
}
