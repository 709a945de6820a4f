import ArgumentParser
import Client
import Contract
import Terminal

/// A step of a run that is bound to what was seen of it.
protocol RunStep: CommandVerb where Asked.Reply == RunView {
    var run: String { get }
    var signing: SigningOptions { get }
    static var question: Phrase { get }
    func operation(sheet: String, unseen: Bool?) -> Asked
}

extension RunStep {
    func operation() throws -> Asked {
        operation(sheet: try signing.given(), unseen: nil)
    }

    func carryOut(with client: ReliefClient) async throws {
        let (sheet, unseen) = try await signing.choose(Self.question, dryRun: sending.dryRun) {
            let run = try await client.send(ShowRun(run: run))
            let payees = try await client.send(ShowRunSheet(run: self.run, limit: 100))
            return .init(
                sheet: payees.sheet, text: try Presenter(RunView.self).text(run) + "\n\n" + payees.presentation())
        }
        try show(try await client.send(operation(sheet: sheet, unseen: unseen), key: sent.key, dryRun: sent.dryRun))
    }
}

struct RunCheck: RunStep {
    typealias Asked = CheckRun
    static var configuration: CommandConfiguration { described }
    static let question = Phrase("Is it right?", "核对无误？")
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @OptionGroup var signing: SigningOptions
    @Option(help: Asked.help("run")) var run: String

    func operation(sheet: String, unseen: Bool?) -> CheckRun { CheckRun(run: run, sheet: sheet, unseen: unseen) }
}

struct RunApprove: RunStep {
    typealias Asked = ApproveRun
    static var configuration: CommandConfiguration { described }
    static let question = Phrase("Approve it?", "批准发放？")
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @OptionGroup var signing: SigningOptions
    @Option(help: Asked.help("run")) var run: String

    func operation(sheet: String, unseen: Bool?) -> ApproveRun {
        ApproveRun(run: run, sheet: sheet, unseen: unseen)
    }
}

struct RunRelease: RunStep {
    typealias Asked = ReleaseRun
    static var configuration: CommandConfiguration { described }
    static let question = Phrase("Release it to the bank?", "交付银行？")
    @OptionGroup var common: CommonOptions
    @OptionGroup var sending: SendingOptions
    @OptionGroup var signing: SigningOptions
    @Option(help: Asked.help("run")) var run: String
    @Option(help: Asked.help("format"), transform: typed) var format: BankFormat

    func operation(sheet: String, unseen: Bool?) -> ReleaseRun {
        ReleaseRun(run: run, sheet: sheet, format: format, unseen: unseen)
    }
}
