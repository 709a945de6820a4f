import Contract
import Foundation

extension LiveAPI {
    /// Runs the built `relief`, which stands beside the tests, before this API: its exit code, and all that it said; where
    /// its answer goes somewhere else, what it said beside that.
    func relief(
        _ arguments: [String], input: String = "", to answers: FileHandle? = nil
    ) async throws -> (status: Int32, output: String) {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let output = folder.appending(path: "output-\(UUID().uuidString)")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "relief")
        process.arguments = arguments
        process.environment = ["RELIEF_URL": endpoint.description]
        let handle = try FileHandle(forWritingTo: output)
        let given = folder.appending(path: "input-\(UUID().uuidString)")
        try Data(input.utf8).write(to: given)
        process.standardInput = try FileHandle(forReadingFrom: given)
        process.standardOutput = answers ?? handle
        process.standardError = handle
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        for await _ in ended {}
        return (process.terminationStatus, String(decoding: try Data(contentsOf: output), as: UTF8.self))
    }
}
