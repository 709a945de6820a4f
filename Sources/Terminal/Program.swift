package import ArgumentParser
import Foundation
import Output

/// A program of the house: parses its command line, runs it, and ends as the shell has to know it.
package protocol Program: AsyncParsableCommand {
    /// The words of the command line as they are parsed.
    static func words(_ typed: [String]) throws -> [String]
}

extension Program {
    package static func words(_ typed: [String]) throws -> [String] { typed }

    /// Exit code 0 means that it was done and that what was said is where it was to go. Where it can't be written the code
    /// is `Unwritten.exitCode`, with a sentence; whose reader has gone ends as every program of Unix does then.
    /// Each program's `main` calls it; one of this protocol's own would lose against ArgumentParser's.
    package static func perform() async {
        Standard.begin()
        do {
            try await carryOut()
            try Standard.finish()
        } catch let unwritten as Unwritten {
            unwritten.end(name)
        } catch {
            end(error)
        }
    }

    private static var name: String { configuration.commandName ?? _commandName }

    private static func carryOut() async throws {
        var command = try parseAsRoot(try words(Array(CommandLine.arguments.dropFirst())))
        if var verb = command as? any AsyncParsableCommand {
            try await verb.run()
        } else {
            try command.run()
        }
    }

    /// Help that was asked for is an answer; all else goes to the standard error, with its code.
    private static func end(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        let text = ParserWords.shown(fullMessage(for: error))
        do {
            if code.isSuccess { try Standard.output(text) }
            try Standard.finish()
        } catch {
            if code.isSuccess { error.end(name) }
            error.tell(name)
        }
        if !code.isSuccess {
            if !text.isEmpty { Standard.error(text) }
        }
        Foundation.exit(code.rawValue)
    }
}
