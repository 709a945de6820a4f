import Foundation
import LocalPostgres
import Postgres

/// What the engine asks of the server, counted in the server's own log.
extension JobsBench {
    func idle(_ samples: inout Samples) async throws {
        try await ground.fillJobs(0, of: NoOp.kind)
        let ours = try await logged { try await ground.run(.idle, seconds: options.idleSeconds) }
        guard let began = ours.began, let ended = ours.ended else { return }
        let log = try statements(of: Self.workerName)
        let times = log.filter { $0 >= began && $0 <= ended }
        samples.add(.idleQueries, Double(times.count) * 60 / (ended - began), nil)
        samples.add(.idleLooks, Double(looks(times)) * 60 / (ended - began), nil)
        samples.add(.idleCPU, ours.idleCPU, nil)
    }

    func queries(_ samples: inout Samples) async throws {
        let jobs = min(options.jobs, 5_000)
        let ours = try await perJob(jobs, by: Self.workerName) {
            try await ground.fillJobs(jobs, of: NoOp.kind)
            _ = try await logged { try await ground.run(.drain, jobs: jobs, batch: 100) }
        }
        let ceiling = try await perJob(jobs, by: Self.referenceName) {
            try await ground.fillReference(jobs)
            _ = try await logged { try await ground.reference("drain", jobs, 100, 2) }
        }
        samples.add(.queries, ours, ceiling)
        let effect = try await perJob(jobs, by: Self.workerName) {
            try await ground.fillJobs(jobs, of: Posting.kind)
            _ = try await logged { try await ground.run(.drain, jobs: jobs, batch: 20) }
        }
        samples.add(.effectQueries, effect, nil)
    }

    private func perJob(_ jobs: Int, by program: String, _ body: () async throws -> Void) async throws -> Double {
        let before = try statements(of: program).count
        try await body()
        return Double(try statements(of: program).count - before) / Double(jobs)
    }

    /// Has the server log each statement of those who connect while the body runs.
    private func logged(_ body: () async throws -> Measurement) async throws -> Measurement {
        try await setLog("all")
        let result = try await body()
        try await setLog("none")
        return result
    }

    private func setLog(_ which: String) async throws {
        try await ground.withSuperuser(in: Ground.plain) {
            try await $0.script("ALTER ROLE relief SET log_statement = '\(which)'")
        }
    }

    /// When each statement of a program's connections was run, in seconds since 1970. BEGIN and COMMIT are statements,
    /// too.
    private func statements(of program: String) throws -> [Double] {
        let file = "\(ground.cluster.directory)/server.log"
        return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 5)
            guard words.count > 4, words[1].hasPrefix(program), words[2] == "LOG:",
                words[3] == "statement:" || words[3] == "execute"
            else { return nil }
            return Double(words[0])
        }
    }

    /// Statements that follow each other within a tenth of a second are one look.
    private func looks(_ times: [Double]) -> Int {
        zip(times, times.dropFirst()).reduce(times.isEmpty ? 0 : 1) { $1.1 - $1.0 > 0.1 ? $0 + 1 : $0 }
    }
}
