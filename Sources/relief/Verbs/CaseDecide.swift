import ArgumentParser
import Client
import Contract
import Output
import Terminal

/// Decides over exactly what was shown: one case, or each of a list, asked once.
struct CaseDecide: CommandVerb {
    static var configuration: CommandConfiguration { described }
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @OptionGroup var signing: SigningOptions
    @Option(help: DecideCase.help("case")) var `case`: String?
    @Flag(help: ArgumentHelp("Each case that waits for this step, a line each.", "所有等待该步骤的案件，每件一行。")) var all = false
    @Flag(help: ArgumentHelp("With --all: each case whole, before it is decided.", "与 --all 合用：审批前逐件显示全貌。"))
    var show = false
    @Option(help: ArgumentHelp("With --all.", "与 --all 合用。")) var programme: String?
    @Option(help: ArgumentHelp("With --all: kind of the step.", "与 --all 合用：步骤类别。")) var step: String?
    @Option(help: ArgumentHelp("With --all.", "与 --all 合用。")) var organisation: String?
    @Option(help: DecideCase.help("outcome"), transform: typed) var outcome: DecisionOutcome
    @Option(help: DecideCase.help("reason")) var reason: String?

    func validate() throws {
        guard all == (self.case == nil) else {
            throw ValidationError(Phrase("Name a --case, or --all.", "请指明 --case，或用 --all。").shown)
        }
        if all, step == nil {
            throw ValidationError(
                Phrase("--all needs --step, so that nothing else is decided.", "--all 须指明 --step，以免误批其他步骤。").shown)
        }
        if all, signing.sheet != nil || sending.key != nil {
            throw ValidationError(Phrase("--sheet and --key are for one case.", "--sheet 和 --key 只用于单件。").shown)
        }
        if show, !all {
            throw ValidationError(
                Phrase("--show is for --all; one case is always shown.", "--show 与 --all 合用；单件总会先显示。").shown)
        }
    }

    func operation() throws -> DecideCase {
        guard let number = self.case, let sheet = signing.sheet else {
            throw Refusal.invalid(Phrase("Name a --case and its --sheet.", "请指明 --case 及其 --sheet。"))
        }
        return DecideCase(case: number, outcome: outcome, reason: reason, sheet: sheet, step: step)
    }

    func carryOut(with client: ReliefClient) async throws {
        guard let number = self.case else { return try await decideAll(with: client) }
        if signing.sheet != nil {
            return try show(try await client.send(try operation(), key: sending.key, dryRun: sending.dryRun))
        }
        var seen: Waiting?
        let (_, unseen) = try await signing.choose(question(1), dryRun: sending.dryRun) {
            let file = try await client.send(ShowCase(case: number))
            seen = Waiting(file)
            return .init(sheet: file.sheet, text: try file.presentation())
        }
        if let seen { try await decide(seen, unseen: unseen, with: client) }
    }

    /// What was seen of a case that waits.
    private struct Waiting {
        let number: String
        let sheet: String
        let step: String?
        let amount: Fen?
        let line: String

        init(_ file: CaseView) {
            (number, sheet, step, amount) = (file.number, file.sheet, file.step, file.assessment?.amount)
            let what = amount.map { "  \($0)" } ?? ""
            line = "\(file.number)  \(file.subject.title)\(what)  \(file.sheet.prefix(12))"
        }
    }

    private func question(_ count: Int) -> Phrase {
        count == 1
            ? Phrase("Decide “\(outcome.rawValue)”?", "确定“\(outcome.rawValue)”？")
            : Phrase(
                "Decide “\(outcome.rawValue)” for these \(count) cases?", "对以上\(count)件确定“\(outcome.rawValue)”？")
    }

    private func decideAll(with client: ReliefClient) async throws {
        let asks = try signing.asks(dryRun: sending.dryRun)
        var batch = CaseBatch(client: client)
        let numbers = try await batch.numbers {
            ListCases(programme: programme, step: step, organisation: organisation, cursor: $0)
        }
        var waiting: [Waiting] = []
        for number in numbers {
            let file = try await client.send(ShowCase(case: number))
            guard file.step == step else {
                Standard.error("\(number) is no longer at \(step ?? ""); left out.")
                continue
            }
            let seen = Waiting(file)
            if show, !common.json {
                // What can't be written was not shown, and is not decided.
                try Standard.output(try file.presentation() + "\n")
            } else if asks {
                Standard.error(seen.line)
            }
            waiting.append(seen)
        }
        if asks, !waiting.isEmpty { try Question.require(question(waiting.count)) }
        // Who had each whole before it was decided has seen it.
        let unseen = asks || (show && !common.json) ? nil : true
        let seen = Dictionary(waiting.map { ($0.number, $0) }) { $1 }
        try await batch.each(waiting.map(\.number)) { number in
            guard let file = seen[number] else { return false }
            try await decide(file, unseen: unseen, with: client)
            return true
        }
        try batch.end("decided")
    }

    private func decide(_ seen: Waiting, unseen: Bool?, with client: ReliefClient) async throws {
        let decision = DecideCase(
            case: seen.number, outcome: outcome, reason: reason, sheet: seen.sheet, step: seen.step,
            unseen: unseen)
        let decided = try await client.send(decision, key: sending.key, dryRun: sending.dryRun)
        if common.json {
            try show(decided)
        } else {
            try Standard.output(
                CaseBatch.line(decided, outcome.rawValue, over: seen.amount, dryRun: sending.dryRun))
        }
    }
}
