import Foundation

/// The streams of the process.
enum Standard {
    /// A line of an answer that comes piece by piece: it goes out at once, into a pipe as well.
    static func output(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// What isn't the answer.
    static func error(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
