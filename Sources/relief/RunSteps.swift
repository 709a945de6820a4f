import ArgumentParser
import Client
import Contract
import Output

/// A step of a run that is bound to what was seen of it.
protocol RunStep: CommandVerb where Asked.Reply == RunView {
    var run: String { get }
    var sheet: String? { get }
    func operation(sheet: String) -> Asked
}

extension RunStep {
    func operation() throws -> Asked {
        guard let sheet else { throw Refusal.invalid("Give the --sheet that was seen.", field: "sheet") }
        return operation(sheet: sheet)
    }

    /// Without a sheet the run is shown, and its sheet taken.
    func carryOut(with client: ReliefClient) async throws {
        var seen = sheet
        if seen == nil {
            let shown = try await client.send(ShowRun(run: run))
            if !common.json { Standard.error(try Presenter(RunView.self).text(shown) + "\n") }
            seen = shown.sheet
        }
        try show(try await client.send(operation(sheet: seen ?? ""), key: sent.key, dryRun: sent.dryRun))
    }
}

extension RunNoun {
    struct Check: RunStep {
        typealias Asked = CheckRun
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var run: String
        @Option(help: "What was seen; the run is shown and its sheet taken, where not given.") var sheet: String?

        func operation(sheet: String) -> CheckRun { CheckRun(run: run, sheet: sheet) }
    }

    struct Approve: RunStep {
        typealias Asked = ApproveRun
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var run: String
        @Option(help: "What was seen; the run is shown and its sheet taken, where not given.") var sheet: String?

        func operation(sheet: String) -> ApproveRun { ApproveRun(run: run, sheet: sheet) }
    }

    struct Release: RunStep {
        typealias Asked = ReleaseRun
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var run: String
        @Option(help: "What was seen; the run is shown and its sheet taken, where not given.") var sheet: String?
        @Option var format: BankFormat

        func operation(sheet: String) -> ReleaseRun { ReleaseRun(run: run, sheet: sheet, format: format) }
    }
}
