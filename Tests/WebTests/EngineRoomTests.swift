import Contract
import Foundation
import Testing
import Web

/// The built `relief` before the engine room of the stand-in.
struct EngineRoomTests {
    private func relief(_ api: LiveAPI, _ arguments: String...) async throws -> (status: Int32, output: String) {
        try await api.relief(arguments)
    }

    @Test func `the engine room is one picture that fits 80 columns`() async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await relief(api, "top", "--once")
            #expect(status == 0)
            #expect(
                output == """
                    relief  2026-11-23 12:00:00  1204 ready, 1 running, 23 later, 1 dead, 1 IN DOUBT

                    QUEUE     ready  running  later  waiting  dead  doubt  oldest  limits
                    bank       1204        0      2        0     1      1   1h06m  paused, 4, 10/mi…
                    standing      0        1     18        3     0      0

                    RUNNING  kind          subject     attempt  for  progress
                    18       run.handOver  run/XN-F-1  2/20      8s  45% half

                    FAILED  kind          subject     state        ago  error
                    17      run.handOver  run/XN-F-1  discarded  3m20s  No space is left on the ban…

                    ENGINE       running  lease     up  queues
                    node-1/4711        1    23s  2h05m  bank standing
                    node-2/99          0   LOST  1m40s  standing

                    NEXT           in  at                 last
                    notices     5m00s  2026-11-23 12:05   2026-11-23 12:00
                    runs.daily         paused by li.ming

                    """)
        }
    }

    @Test func `a job is told again only when it changed, and JSON is a job a line`() async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await relief(api, "job", "tail", "--kind", "run.handOver")
            #expect(status == 6)
            #expect(
                output == """
                    11:59:52      18  running    run.handOver          run/XN-F-1  attempt 2 of 20
                    12:00:00      18  completed  run.handOver          run/XN-F-1  8s  attempt 2 of 20
                    relief: reliefd is stopping. Waiting for it.
                    relief: This token was revoked.

                    """)
            let asked = api.asked.value.calls.compactMap { $0.operation as? TailJobs }
            #expect(asked.map(\.cursor) == [nil, "1", "2", "3", "3"])
            #expect(asked.allSatisfy { $0.kind == "run.handOver" })
            let lines = try await relief(api, "job", "tail", "--json").output.split(separator: "\n").dropLast(2)
            #expect(
                try lines.map { try JSON.decode(JobView.self, from: Data($0.utf8)).state } == [.running, .completed])
        }
    }

    @Test func `pause stands under job as well, with the queue alone after it`() async throws {
        try await LiveAPI.with { api in
            for noun in ["job", "queue"] {
                let (status, output) = try await relief(api, noun, "pause", "bank")
                #expect(status == 0)
                #expect(output.contains("paused"))
            }
            #expect(api.asked.value.calls.compactMap { ($0.operation as? PauseQueue)?.queue } == ["bank", "bank"])
        }
    }

    @Test func `a limit is what is said of it, and nothing said is refused`() async throws {
        try await LiveAPI.with { api in
            _ = try await relief(api, "queue", "limit", "bank", "--running", "4", "--rate", "10/minute")
            _ = try await relief(api, "queue", "limit", "bank", "--none")
            let limits = api.asked.value.calls.compactMap { $0.operation as? LimitQueue }
            #expect(limits.map(\.running) == [4, nil])
            #expect(limits.map(\.rate) == ["10/minute", nil])
            #expect(try await relief(api, "queue", "limit", "bank").status == 64)
            #expect(try await relief(api, "queue", "limit", "bank", "--none", "--running", "4").status == 64)
        }
    }

    @Test func `a retry names one job, or all dead ones of a kind`() async throws {
        try await LiveAPI.with { api in
            let (status, output) = try await relief(api, "job", "retry", "--dead", "run.handOver")
            #expect(status == 0)
            #expect(output.hasPrefix("2 of kind run.handOver will run again; 1 stay"))
            #expect(try await relief(api, "job", "retry").status == 64)
            #expect(try await relief(api, "job", "retry", "17", "--dead", "run.handOver").status == 64)
        }
    }

    @Test(arguments: [("--happened", true), ("--did-not-happen", false)])
    func `a doubt is settled by saying what happened`(flag: String, happened: Bool) async throws {
        try await LiveAPI.with { api in
            _ = try await relief(api, "job", "resolve", "18", flag, "--reason", "The bank said so.")
            let said = api.asked.value.calls.compactMap { $0.operation as? ResolveJob }
            #expect(said.map(\.job) == [18])
            #expect(said.map(\.happened) == [happened])
            #expect(try await relief(api, "job", "resolve", "18", "--reason", "Perhaps.").status == 64)
        }
    }

    @Test func `what will run is read in all its parts, and what runs often is told once`() async throws {
        try await LiveAPI.with { api in
            let (_, output) = try await relief(api, "schedule", "next", "--from", "2026-11-23", "--to", "2026-11-25")
            #expect(
                output == """
                    at                schedule    kind             business
                    2026-11-23 12:00  notices     notice.closeDue  2026-11-23  20 times
                    2026-11-24 08:00  runs.daily  run.prepareDue   2026-11-24
                    Schedule runs.daily is paused: it isn't in this plan.

                    """)
            let (_, json) = try await relief(api, "schedule", "next", "--json")
            #expect(try JSON.decode(Page<FiringView>.self, from: Data(json.utf8)).items.count == 21)
        }
    }

    @Test func `queues and schedules are listed in words of their own`() async throws {
        try await LiveAPI.with { api in
            #expect(
                try await relief(api, "queue", "list").output.contains("paused by li.ming, 4 at once, 10/minute"))
            let schedules = try await relief(api, "schedule", "list").output.split(separator: "\n")
            #expect(schedules.count == 3)
            #expect(schedules.last?.contains("working  paused by li.ming") == true)
        }
    }
}
