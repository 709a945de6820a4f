import BankFiles
import Foundation
import WorkingDays

/// The customer's side of the simulated bank's exchange directory; removed with the value.
final class Desk {
    /// The program ended with an error.
    struct Failure: Error {
        let words: String
    }

    let directory: String

    init(rules: String? = nil) throws {
        directory = FileManager.default.temporaryDirectory.path + "/relief-bank-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory + "/to-bank", withIntermediateDirectories: true)
        if let rules { try Data(rules.utf8).write(to: URL(fileURLWithPath: directory + "/rules")) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Puts a file in by rename, as customers do.
    func hand(_ name: String, _ data: Data) throws {
        let draft = "\(directory)/to-bank/.\(name).draft"
        try data.write(to: URL(fileURLWithPath: draft))
        try FileManager.default.moveItem(atPath: draft, toPath: "\(directory)/to-bank/\(name)")
    }

    /// Runs one verb to its end; on Samples' day unless told another. Its output, or `Failure`.
    @discardableResult
    func run(_ verb: String, _ arguments: String...) async throws -> String {
        let date = arguments.contains("--date") ? [] : ["--date", Samples.day.description]
        let (process, output, errors) = try process([verb, "--dir", directory] + arguments + date)
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let words = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        for await _ in ended {}
        guard process.terminationStatus == 0 else { throw Failure(words: words) }
        return text
    }

    /// Runs one verb to its end where nobody reads it, or where a shell lets it write no more than a block to a file: its
    /// exit code, or 128 and more for a signal.
    func runUnread(_ verb: String, _ arguments: String...) async throws -> Int32 {
        let (process, output, _) = try process([verb, "--dir", directory, "--date", "\(Samples.day)"] + arguments)
        process.standardOutput = output.fileHandleForWriting
        try output.fileHandleForReading.close()
        return try await ending(of: process)
    }

    func runWithoutRoom(_ verb: String, _ arguments: String...) async throws -> Int32 {
        let (process, _, _) = try process([verb, "--dir", directory, "--date", "\(Samples.day)"] + arguments)
        process.arguments =
            ["-c", "ulimit -f 1; exec \"$0\" \"$@\"", process.executableURL?.path ?? ""] + (process.arguments ?? [])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        return try await ending(of: process)
    }

    private func ending(of process: Process) async throws -> Int32 {
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        for await _ in ended {}
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Starts a verb that goes on; its lines as they come.
    func start(_ arguments: String...) throws -> (process: Process, lines: AsyncStream<String>) {
        let (process, output, _) = try process(arguments)
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let reading = output.fileHandleForReading
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        Thread.detachNewThread {
            var rest = Data()
            while let piece = try? reading.read(upToCount: 1), !piece.isEmpty {
                if piece[piece.startIndex] == UInt8(ascii: "\n") {
                    continuation.yield(String(decoding: rest, as: UTF8.self))
                    rest = Data()
                } else {
                    rest.append(piece)
                }
            }
        }
        return (process, lines)
    }

    private func process(_ arguments: [String]) throws -> (Process, Pipe, Pipe) {
        let tests = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let process = Process()
        process.executableURL = tests.deletingLastPathComponent().appendingPathComponent("relief-banksim")
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        return (process, output, errors)
    }

    /// What the bank sent, in the order of its numbers.
    func received() throws -> [(name: String, data: Data)] {
        let folder = directory + "/from-bank"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .map { ($0, try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))) }
    }

    func reports() throws -> [StatusReport] {
        try received().filter { $0.name.hasSuffix("-pain.002.xml") }
            .map { try StatusReport(reading: .bytes($0.data)) }
    }

    func entries() throws -> [BankEntry] {
        try received().filter { $0.name.hasSuffix("-camt.054.xml") }
            .flatMap { try AccountReport(reading: .bytes($0.data)).entries }
    }

    func state() throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/state.json"))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
}
