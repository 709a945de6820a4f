import ArgumentParser
import Contract
import Foundation
import Output
import Terminal

/// How a signature is bound to what was seen of it: on a terminal it is shown, then asked; a script names the sheet that was
/// looked at, or says that it signs whatever is there.
struct SigningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The sheet that was looked at (the noun's verb “sheet” shows it); for scripts.",
            "所查看的签批表编号（用 sheet 查看），供脚本使用。"))
    var sheet: String?
    @Flag(
        help: ArgumentHelp(
            "Sign what is there now without being asked; the log says that it was unseen.",
            "不经询问即签批现有内容；日志会注明未查看。"))
    var yes = false

    func validate() throws {
        if yes, sheet != nil {
            throw ValidationError(Phrase("Choose --sheet or --yes.", "--sheet 与 --yes 只能选一个。").shown)
        }
    }

    /// The sheet that the command line names; refused where it names none.
    func given() throws -> String {
        guard let sheet else {
            throw Refusal.invalid(Phrase("Give the --sheet that was seen.", "请用 --sheet 指明所查看的表单。"), field: "sheet")
        }
        return sheet
    }

    /// What is there to be signed, as it is shown.
    struct Seen {
        let sheet: String
        let text: String
    }

    /// Whether whoever signs is asked; refuses where nobody could answer and the command line doesn't say.
    func asks(dryRun: Bool) throws -> Bool {
        if yes || dryRun { return false }
        guard Question.canBeAsked else {
            throw Refusal.invalid(
                Phrase(
                    "What is signed must have been shown: give --sheet of what was looked at, or --yes to sign what is there now; on a terminal you are asked.",
                    "签批之前须先查看：请用 --sheet 指明所查看的表单，或用 --yes 直接签批现有内容；在终端上会先显示再询问。"), field: "sheet")
        }
        return true
    }

    /// The sheet to sign, and whether it is signed unseen.
    func choose(
        _ question: Phrase, dryRun: Bool, look: () async throws -> Seen
    ) async throws -> (sheet: String, unseen: Bool?) {
        if let sheet { return (sheet, nil) }
        guard try asks(dryRun: dryRun) else { return (try await look().sheet, true) }
        let seen = try await look()
        Standard.error(seen.text + "\n")
        try Question.require(question)
        return (seen.sheet, nil)
    }
}

/// Asks somebody who sits at a terminal.
enum Question {
    /// Both to show and to answer it takes a terminal; where the answer goes is no matter.
    static var canBeAsked: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Ends the verb where the answer isn't yes.
    static func require(_ question: Phrase) throws {
        Standard.error(question.shown + " [y/N] ", terminator: "")
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased() ?? ""
        guard ["y", "yes", "是"].contains(answer) else {
            Standard.error(Phrase("Nothing was signed.", "没有签批。").shown)
            throw ExitCode.failure
        }
    }
}
