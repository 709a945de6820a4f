import Dispatch
import Foundation

/// Why a bench could not be run: what happened, and what to do.
package struct BenchError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// A program that is run to its end.
struct Program: Sendable {
    let path: String
    var arguments: [String] = []

    /// What it printed, on both channels. Its standard input stays open as long as this process lives.
    func output(_ more: [String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments + more
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        do {
            try process.run()
        } catch {
            throw BenchError("Can't start \(path): \(error)")
        }
        let reading = output.fileHandleForReading
        let data = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: reading.readDataToEndOfFile()) }
        }
        process.waitUntilExit()
        try? input.fileHandleForWriting.close()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let end = process.terminationReason == .exit ? "status" : "signal"
            throw BenchError(
                "\(path) \(more.first ?? "") ended with \(end) \(process.terminationStatus):\n\(text.suffix(2_000))")
        }
        return text
    }

    /// The line of JSON that it printed.
    func measurement(_ more: [String]) async throws -> Measurement {
        let text = try await output(more)
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("{") }) else {
            throw BenchError("\(path) \(more.first ?? "") printed no figures:\n\(text.suffix(2_000))")
        }
        return try JSONDecoder().decode(Measurement.self, from: Data(line.utf8))
    }
}
