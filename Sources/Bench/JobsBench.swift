import Foundation
import LocalPostgres

/// `reliefd bench jobs`: the job engine beside a reference engine in C and pgbench, in turn, on a private cluster.
///
/// Only ratios of one run mean something; the absolute figures are the machine's and the hour's.
package struct JobsBench: Sendable {
    /// The parts of the bench.
    package enum Part: String, Sendable, CaseIterable {
        /// Jobs that do nothing, at three batch sizes; memory and processor time with them.
        case noop
        /// The same among a crowd of scheduled and finished jobs.
        case crowd
        /// The same while a transaction holds an old snapshot.
        case pinned
        /// Jobs with an effect in the transaction in which they are finished.
        case effect
        case enqueue
        /// From the wish for a job to its start, on an idle queue.
        case latency
        /// What an engine costs that has nothing to do.
        case idle
        /// Statements for each job.
        case queries
    }

    package struct Options: Sendable {
        package var parts = Set(Part.allCases)
        /// No-op jobs of each measurement; the other parts take a share of it.
        package var jobs = 200_000
        /// Scheduled jobs, and as many finished ones, in the crowd.
        package var crowd = 1_000_000
        package var rounds = 3
        /// Wishes of each latency measurement.
        package var samples = 400
        /// How long the idle engine is watched.
        package var idleSeconds = 35
        package var synchronousCommit = true
        /// Whether the server writes to the disk before it says so; only a test does without.
        package var fsync = true

        package init() {}

        /// A tenth of the work, once.
        package static var quick: Options {
            var quick = Options()
            quick.jobs /= 10
            quick.crowd /= 10
            quick.rounds = 1
            quick.samples = 100
            quick.idleSeconds = 5
            return quick
        }
    }

    static let workerName = "bench-worker"
    static let referenceName = "bench-reference"

    let options: Options
    let ground: Ground
    let say: @Sendable (String) -> Void

    /// Runs the bench.
    ///
    /// - Parameters:
    ///   - worker: the command that runs `Worker` with the task and options that follow.
    ///   - reference: the path of `relief-reference`.
    ///   - say: hears what is going on.
    /// - Throws: `BenchError`, `LocalPostgresError`, or what the database refused.
    package static func run(
        _ options: Options, worker: [String], reference: String, say: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        guard FileManager.default.isExecutableFile(atPath: reference) else {
            throw BenchError(
                "The reference engine isn't at \(reference). Build it with swift build --product relief-reference, in "
                    + "the same configuration, or name it with --reference.")
        }
        let scripts = FileManager.default.temporaryDirectory.appending(path: "relief-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scripts, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scripts) }
        #if DEBUG
            say("this program was built for debugging: its figures mean nothing")
        #endif
        say("making a private cluster")
        let ground = try await Ground.made(
            options, worker: Program(path: worker[0], arguments: Array(worker.dropFirst())),
            reference: Program(path: reference), scripts: scripts)
        do {
            let report = try await JobsBench(options: options, ground: ground, say: say).report()
            await ground.cluster.stop()
            return report
        } catch {
            await ground.cluster.stop()
            throw error
        }
    }

    private func report() async throws -> Report {
        var samples = Samples()
        if options.parts.contains(.crowd) {
            say("making a crowd of \(options.crowd) scheduled and \(options.crowd) finished jobs")
            try await ground.makeCrowd(options.crowd)
        }
        for round in 1...max(1, options.rounds) {
            for part in Part.allCases where options.parts.contains(part) {
                if round > 1 && (part == .idle || part == .queries) { continue }
                say("round \(round) of \(options.rounds): \(part)")
                try await measure(part, into: &samples)
            }
        }
        return Report(samples: samples, options: options, postgres: ground.cluster.binaries.major)
    }

    private func measure(_ part: Part, into samples: inout Samples) async throws {
        switch part {
        case .noop: try await noop(&samples)
        case .crowd: try await crowd(&samples)
        case .pinned: try await pinned(&samples)
        case .effect: try await effect(&samples)
        case .enqueue: try await enqueue(&samples)
        case .latency: try await latency(&samples)
        case .idle: try await idle(&samples)
        case .queries: try await queries(&samples)
        }
    }
}
