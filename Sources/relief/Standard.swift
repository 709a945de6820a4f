import Contract
import Foundation

/// The streams of the process.
enum Standard {
    /// A line of an answer that comes piece by piece: it goes out at once, into a pipe as well.
    static func output(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// A number that should stand in no list of processes: for `-`, the next line of the standard input.
    static func secret(_ argument: String, field: String) throws -> String {
        guard argument == "-" else { return argument }
        guard let line = readLine(), !line.isEmpty else {
            throw Refusal.invalid("The standard input has no line for “-”.", field: field)
        }
        return line
    }

    /// What isn't the answer.
    static func error(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
