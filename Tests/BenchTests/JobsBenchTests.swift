import Foundation
import Testing

@testable import Bench

struct JobsBenchTests {
    /// With few jobs: the figures mean nothing, but each row has to be there.
    @Test func `the bench of the job engine fills every row`() async throws {
        var options = JobsBench.Options()
        options.jobs = 200
        options.crowd = 1_000
        options.rounds = 1
        options.samples = 5
        options.idleSeconds = 1
        options.fsync = false
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let programs = URL(fileURLWithPath: tests).deletingLastPathComponent()
        let report = try await JobsBench.run(
            options, worker: [programs.appending(path: "reliefd").path, "bench", "worker"],
            reference: programs.appending(path: "relief-reference").path, say: { _ in })

        #expect(report.lines.map(\.row) == Row.allCases)
        for line in report.lines where line.row != .idleQueries && line.row != .idleLooks {
            #expect(line.ours > 0, "\(line.row)")
            #expect(line.ceiling ?? 1 > 0, "\(line.row)")
        }
    }

    @Test func `a ratio is the median of the rounds' ratios, and a bar is met by it`() throws {
        var samples = Samples()
        // The machine was slower in the second round: the medians of each side alone would say 0.75.
        samples.add(.noop, 90, 100)
        samples.add(.noop, 45, 50)
        samples.add(.noop, 75, 100)
        samples.add(.latency, 3, 1)
        samples.add(.memory, 39, nil)
        let report = Report(samples: samples, options: JobsBench.Options(), postgres: 15)

        #expect(report.lines.map(\.row) == [.noop, .latency, .memory])
        #expect(report.lines.map(\.ratio) == [0.9, 3, nil])
        #expect(report.lines.map(\.isMet) == [true, false, true])
        #expect(report.text.contains("ratio ≤ 2.00  missed"))
    }

    @Test func `the JSON has a member for each row, and the percentiles of the latency`() throws {
        var samples = Samples()
        samples.add(.noop, 90, 100)
        samples.add(.latency, 3, 2)
        samples.add(.latencyMedian, 1.25, 1)
        let report = Report(samples: samples, options: JobsBench.Options(), postgres: 15)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(try report.json.utf8)) as? [String: [String: Any]])

        #expect(object["noop"]?["ours"] as? Double == 90)
        #expect(object["noop"]?["ceiling"] as? Double == 100)
        #expect(object["noop"]?["ratio"] as? Double == 0.9)
        #expect(object["noop"]?["met"] as? Bool == true)
        #expect(object["latency_ms"]?["p50"] as? Double == 1.25)
        #expect(object["latency_ms"]?["p99"] as? Double == 3)
        #expect(object["conditions"]?["postgres"] as? Double == 15)
    }
}
