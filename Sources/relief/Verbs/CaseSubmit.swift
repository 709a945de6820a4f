import ArgumentParser
import Client
import Contract
import Output
import Terminal

/// Submits one case, or each draft of a programme in turn.
struct CaseSubmit: CommandVerb {
    static var configuration: CommandConfiguration { described }
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @Option(help: SubmitCase.help("case")) var `case`: String?
    @Flag(
        help: ArgumentHelp(
            "Each draft of a programme, a line each; what one lacks is said, and the rest go on.",
            "项目的所有草稿，每件一行；缺什么会说明，其余照办。"))
    var all = false
    @Option(help: ArgumentHelp("With --all.", "与 --all 合用。")) var programme: String?
    @Option(help: ArgumentHelp("With --all.", "与 --all 合用。")) var organisation: String?

    func validate() throws {
        guard all == (self.case == nil) else {
            throw ValidationError(Phrase("Name a --case, or --all.", "请指明 --case，或用 --all。").shown)
        }
        if all, programme == nil {
            throw ValidationError(Phrase("--all needs --programme.", "--all 须指明 --programme。").shown)
        }
        if all, sending.key != nil { throw ValidationError(Phrase("--key is for one case.", "--key 只用于单件。").shown) }
    }

    func operation() throws -> SubmitCase {
        guard let number = self.case else {
            throw Refusal.invalid(
                Phrase(
                    "Name a --case.",
                    "请指明 --case。"))
        }
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
