import Foundation

/// The programs as built beside the tests, given streams by a shell.
enum Built {
    /// How a program ended: its exit code, or 128 and more for a signal, as a shell has it.
    struct Ending {
        let status: Int32
        let output: String
        let errors: String
    }

    static let endedBySIGPIPE = 128 + SIGPIPE

    static func path(_ program: String) throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: program).path
    }

    /// Runs a line of shell to its end, in which `relief`, `reliefd` and `relief-banksim` are ours.
    static func shell(_ line: String, environment: [String: String] = [:]) throws -> Ending {
        let (process, output, errors) = try process(line, environment)
        process.standardOutput = output
        try process.run()
        return try ending(process, output, errors)
    }

    /// Runs a line whose reader has gone before it begins.
    static func unread(_ line: String, environment: [String: String] = [:]) throws -> Ending {
        let (process, output, errors) = try process(line, environment)
        process.standardOutput = output.fileHandleForWriting
        try output.fileHandleForReading.close()
        try process.run()
        return try ending(process, nil, errors)
    }

    /// Runs a line until it has said one; reads no more then.
    static func readOnce(_ line: String, environment: [String: String] = [:]) throws -> Ending {
        let (process, output, errors) = try process(line, environment)
        process.standardOutput = output.fileHandleForWriting
        try process.run()
        try output.fileHandleForWriting.close()
        var said = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8), !byte.isEmpty {
            said += byte
        }
        try output.fileHandleForReading.close()
        let ended = try ending(process, nil, errors)
        return Ending(status: ended.status, output: String(decoding: said, as: UTF8.self), errors: ended.errors)
    }

    private static func process(_ line: String, _ environment: [String: String]) throws -> (Process, Pipe, Pipe) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        let programs = URL(fileURLWithPath: try path("relief")).deletingLastPathComponent().path
        process.environment = ["PATH": "\(programs):/usr/bin:/bin"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        return (process, Pipe(), errors)
    }

    private static func ending(_ process: Process, _ output: Pipe?, _ errors: Pipe) throws -> Ending {
        let said = try output?.fileHandleForReading.readToEnd() ?? Data()
        let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let status = process.terminationStatus
        return Ending(
            status: process.terminationReason == .exit ? status : 128 + status,
            output: String(decoding: said, as: UTF8.self), errors: String(decoding: complained, as: UTF8.self))
    }
}
