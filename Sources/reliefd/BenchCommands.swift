import ArgumentParser
import Bench
import Foundation
import Output

/// Measures this machine and this program.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure beside the barest programs that do the same.",
        subcommands: [BenchJobsCommand.self, BenchWorkerCommand.self])
}

/// The job engine beside a reference engine in C and pgbench.
struct BenchJobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "The job engine beside a reference engine in C and pgbench.",
        discussion: """
            Makes a private PostgreSQL cluster in the temporary folder and removes it at the end. What is compared runs in \
            turn, so look at the ratios: the figures themselves are this machine's, at this hour. Build this program and \
            relief-reference for release first.
            """)

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    @Option(help: ArgumentHelp("Only these parts, with commas between: \(Self.parts).", valueName: "parts"))
    var only: String?

    @Option(help: "No-op jobs of each measurement. Default: 200000.")
    var jobs: Int?

    @Option(help: "How many times all is measured. Default: 3.")
    var rounds: Int?

    @Option(help: "synchronous_commit of the server: on or off.")
    var sync: Switch = .on

    @Flag(help: "A tenth of the work, once.")
    var quick = false

    @Option(
        help: ArgumentHelp("The reference engine. Default: relief-reference beside this program.", valueName: "path"))
    var reference: String?

    enum Switch: String, ExpressibleByArgument {
        case on
        case off
    }

    private static let parts = JobsBench.Part.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        for count in [jobs, rounds].compactMap(\.self) where count < 1 {
            throw ValidationError("A count has to be 1 or more.")
        }
        _ = try options()
    }

    func run() async throws {
        try await explained {
            let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let beside = URL(fileURLWithPath: program).deletingLastPathComponent().appending(path: "relief-reference")
            let report = try await JobsBench.run(
                try options(), worker: [program, "bench", "worker"], reference: reference ?? beside.path
            ) { Standard.error("bench: \($0)") }
            try Standard.output(json ? try report.json : report.text)
        }
    }

    private func options() throws -> JobsBench.Options {
        var options = quick ? JobsBench.Options.quick : JobsBench.Options()
        if let only {
            options.parts = Set(
                try only.split(separator: ",").map { name in
                    guard let part = JobsBench.Part(rawValue: String(name)) else {
                        throw ValidationError("There is no part '\(name)'. Parts are \(Self.parts).")
                    }
                    return part
                })
        }
        if let jobs { options.jobs = jobs }
        if let rounds { options.rounds = rounds }
        options.synchronousCommit = sync == .on
        return options
    }
}

/// One measurement of the engine, in a process of its own; started by `bench jobs`.
struct BenchWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "One measurement of the engine; started by bench jobs.", shouldDisplay: false)

    @Argument var task: Worker.Task
    @Option var database: String
    @Option var jobs: Int
    @Option var batch: Int
    @Option var clients: Int
    @Option var seconds: Int

    func run() async throws {
        try await explained {
            let worker = Worker(database: database, jobs: jobs, batch: batch, clients: clients, seconds: seconds)
            try Standard.output(try await worker.run(task).line)
        }
    }
}

extension Worker.Task: ExpressibleByArgument {}
