import ArgumentParser
import Client
import Contract
import FoundationEssentials
import Output
import Terminal

/// A verb of the command line: makes an operation from its options, sends it, and shows the reply.
protocol Verb: AsyncParsableCommand {
    associatedtype Asked: Operation
    var common: CommonOptions { get }
    var sent: (key: String?, dryRun: Bool) { get }
    func operation() throws -> Asked

    /// The operations that it can ask for.
    static var operationNames: [String] { get }

    /// What stands below the reply, where people read it.
    func notes(on reply: Asked.Reply) -> [String]

    /// Whether its answer says nothing of a token that is about to end.
    static var tellsTokenEnd: Bool { get }

    /// Sends and shows; verbs that do more than one thing have their own.
    func carryOut(with client: ReliefClient) async throws
}

/// A verb that only reads.
protocol QueryVerb: Verb where Asked: Query {}

/// A verb that changes something.
protocol CommandVerb: Verb where Asked: Command {
    var sending: SendingOptions { get }
}

extension QueryVerb {
    var sent: (key: String?, dryRun: Bool) { (nil, false) }
}

extension CommandVerb {
    var sent: (key: String?, dryRun: Bool) { (sending.key, sending.dryRun) }
}

extension Verb {
    static var operationNames: [String] { [Asked.name] }

    /// Name and help of the verb, which are the operation's.
    static var described: CommandConfiguration {
        CommandConfiguration(
            commandName: Asked.verb, abstract: VerbGlossary.told(Asked.verb, Asked.summary).shown)
    }

    func notes(on reply: Asked.Reply) -> [String] { [] }

    static var tellsTokenEnd: Bool { true }

    func carryOut(with client: ReliefClient) async throws {
        try show(try await client.send(try operation(), key: sent.key, dryRun: sent.dryRun))
    }

    func show<Reply: Codable & Sendable>(_ reply: Reply) throws {
        if common.json {
            try Standard.raw(String(decoding: try JSON.encode(reply), as: UTF8.self).legibleJSON + "\n")
        } else if common.csv {
            try Standard.raw(try Presenter(Reply.self).csv(reply))
        } else {
            if sent.dryRun { try Standard.output(Phrase("(dry run: nothing was changed)", "（试办：未作任何更改）").shown) }
            let brief = self is any CommandVerb ? (reply as? any Brief)?.brief : nil
            try Standard.output(
                try brief ?? (reply as? any Presented)?.presentation() ?? Presenter(Reply.self).text(reply))
            for note in (reply as? Asked.Reply).map(notes) ?? [] { try Standard.output(note) }
        }
        if let verdict = reply as? any Verdict, !verdict.holds { throw ExitCode.failure }
    }

    mutating func run() async throws {
        let verb = self
        do {
            try await Refusals.shown {
                let client = try verb.common.client()
                defer {
                    if Self.tellsTokenEnd, let end = client.tokenEnd {
                        Standard.error("relief: " + TokenEnd.phrase(end).shown)
                    }
                }
                try await verb.carryOut(with: client)
            }
        } catch let unwritten as Unwritten where changesSomething && !unwritten.readerIsGone {
            unwritten.tell("relief")
            Standard.error("  " + Self.isDone.shown)
            throw ExitCode(Unwritten.exitCode)
        }
    }

    private var changesSomething: Bool { self is any CommandVerb && !sent.dryRun }

    /// Only the answer is lost, and to send it again isn't always harmless.
    private static var isDone: Phrase {
        Phrase(
            "What reliefd was asked until then is done: look before you ask again.",
            "此前交给 reliefd 的操作已经办妥：重做之前请先查看。")
    }
}

/// A reply that a command shows in a line or two: what became of the thing; its `show` verb tells the whole.
protocol Brief {
    var brief: String { get }
}

/// Refusals as the command line shows them.
enum Refusals {
    /// Runs; a refusal becomes sentences on the standard error and its exit code.
    static func shown(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let refusal as Refusal {
            Standard.error("relief: \(refusal.phrase.shown)")
            if let field = refusal.field { Standard.error(Phrase("  field: \(field)", "  字段：\(field)").shown) }
            for detail in refusal.particulars ?? [] { Standard.error("  \(detail.shown)") }
            throw ExitCode(refusal.code.exitCode)
        }
    }
}
