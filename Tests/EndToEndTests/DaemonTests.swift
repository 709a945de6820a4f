import Client
import Contract
import Foundation
import Testing

/// The built daemon, from outside: what it promises to those who start, ask and stop it.
@Suite(.serialized) struct DaemonTests {
    @Test func `a daemon with nothing set makes everything and knows who started it`() async throws {
        try await House.with { house in
            let daemon = try await house.serve("data", "--organisation", "QH", "--admin", "li.ming")
            let client = daemon.client
            let me = try await client.send(WhoAmI())
            #expect(me.login == "li.ming")
            #expect(Set(me.grants.map(\.role)) == [.administrator, .auditor])
            #expect(me.grants.allSatisfy { $0.organisation == "QH" })
            #expect(String(decoding: try await client.get("/readyz"), as: UTF8.self) == "ready\n")
            #expect(String(decoding: try await client.get("/healthz"), as: UTF8.self) == "ok\n")
            let metrics = String(decoding: try await client.get("/metrics"), as: UTF8.self)
            #expect(metrics.contains(#"relief_operations_total{operation="whoami",outcome="done"} 1"#))
            let health = try await client.send(ReportHealth())
            #expect(health.ok, "\(health.checks)")
            #expect(try await client.send(VerifyAudit()).intact)
            daemon.send(SIGTERM)
            #expect(await daemon.untilEnded() == 0)
            #expect(daemon.complaints.contains("daemon.stopping"))
        }
    }

    @Test func `init is done once, and doctor finds all well`() async throws {
        try await House.with { house in
            let first = try await house.run("data", ["init", "--organisation", "QH", "--organisation-name", "青海省总工会"])
            #expect(first.0 == 0, "\(first)")
            #expect(first.1.contains("青海省总工会 (QH)"))
            let second = try await house.run("data", ["init", "--organisation", "XX"])
            #expect(second.0 == 0, "\(second)")
            #expect(second.1.contains("exists already"))
            let doctor = try await house.run("data", ["doctor"])
            #expect(doctor.0 == 0, "\(doctor)")
            #expect(!doctor.1.contains("not ok"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o644], ofItemAtPath: house.folder.appending(path: "data/keys/root.key").path)
            let complaint = try await house.run("data", ["doctor"])
            #expect(complaint.0 == 1)
            #expect(complaint.1.contains("not ok keys.root"))
        }
    }

    @Test func `doctor tells ahead who will stand before a locked door, and renewing helps`() async throws {
        try await House.with { house in
            let daemon = try await house.serve("data", "--demo-clock", "2026-08-03T09:00:00+08:00")
            let client = daemon.client
            for login in ["lin", "ma"] {
                _ = try await client.send(CreateUser(login: login, name: "程序"))
                let token = try await client.send(IssueToken(user: login, expiresInDays: 20)).token
                try Data(token.utf8).write(to: house.folder.appending(path: login))
            }
            let environment = ["RELIEF_URL": "\(daemon.endpoint)"]
            func relief(_ words: String, as login: String) throws -> Built.Ending {
                try Built.shell(
                    "relief \(words) --token-file \(house.folder.appending(path: login).path)", environment: environment
                )
            }
            #expect(try relief("token list", as: "lin").errors == "")
            _ = try await client.send(AdvanceClock(days: 7))
            let told = try relief("token list", as: "lin")
            #expect(told.status == 0 && told.errors.contains("2026-08-23 09:00"), "\(told)")
            let ahead = try await client.send(ReportHealth())
            #expect(ahead.ok && ahead.warnings?.contains { $0.en.contains("lin 2026-08-23, ma") } == true, "\(ahead)")
            #expect(try relief("token renew", as: "lin").status == 0)
            _ = try await client.send(AdvanceClock(days: 14))
            #expect(try relief("whoami", as: "lin").status == 0)
            #expect(try relief("whoami", as: "ma").status == 6)
            let late = try await client.send(ReportHealth())
            let check = late.checks.first { $0.name == "tokens" }
            #expect(check?.ok == false && check?.detail.contains("of ma 2026-08-23;") == true, "\(late)")
        }
    }

    @Test func `a setting that can't be read is named with its place`() async throws {
        try await House.with { house in
            let file = house.folder.appending(path: "relief.env")
            try Data("RELIEF_POOL_SIZE=many\nRELIEF_COLOUR=red\n".utf8).write(to: file)
            let (status, _, complaints) = try await house.run(
                "data", ["serve", "--config", file.path, "--log-level", "loud"])
            #expect(status == 64)
            #expect(complaints.contains("RELIEF_POOL_SIZE in \(file.path) is “many”; must be 4 to 500."))
            #expect(complaints.contains("there is no RELIEF_COLOUR"))
            #expect(complaints.contains("--log-level is “loud”"))
        }
    }

    @Test func `two daemons on one data folder: the second is refused and told whose it is`() async throws {
        try await House.with { house in
            let daemon = try await house.serve()
            let second = try await house.run("data", socket: "other.sock", ["serve"])
            #expect(second.0 == 1)
            #expect(second.2.contains("in use by process \(daemon.processID)"))
            let third = try await house.run("elsewhere", socket: "data.sock", ["serve"])
            #expect(third.0 == 1)
            #expect(third.2.contains("Another daemon listens"))
            #expect(try await daemon.client.send(ShowClock()).demo == false)
        }
    }

    @Test func `G7: kill -9 of the daemon loses no acknowledged command, and the next start just works`() async throws {
        try await House.with { house in
            let first = try await house.serve()
            let acknowledged = await Unions(client: first.client).foundAll(0..<60) { count in
                if count == 20 { first.send(SIGKILL) }
            }
            #expect(await first.untilEnded() == 128 + SIGKILL)
            #expect((20..<60).contains(acknowledged.count))
            // The socket file and, for a moment, the old PostgreSQL are still there.
            let second = try await house.serve()
            let unions = Unions(client: second.client)
            let codes = try await unions.codes()
            for number in acknowledged { #expect(codes.count { $0 == Unions.code(number) } == 1) }
            // Asked again under their keys, all are done once, also those whose answer was lost.
            #expect(await unions.foundAll(0..<60).count == 60)
            #expect(try await unions.codes().count == 61)
            let report = try await second.client.send(VerifyAudit())
            #expect(report.intact, "\(report.findings)")
        }
    }

    @Test func `SIGTERM drains: what was acknowledged is there, and the daemon ends in order`() async throws {
        try await House.with { house in
            let first = try await house.serve()
            let acknowledged = await Unions(client: first.client).foundAll(0..<60) { count in
                if count == 15 { first.send(SIGTERM) }
            }
            #expect(await first.untilEnded() == 0, "\(first.complaints)")
            #expect(acknowledged.count >= 15)
            #expect(!first.output.contains("lost its database"))
            let second = try await house.serve()
            let codes = Set(try await Unions(client: second.client).codes())
            #expect(codes.isSuperset(of: acknowledged.map(Unions.code)))
            #expect(try await second.client.send(VerifyAudit()).intact)
        }
    }

    @Test func `a demonstration's clock moves forward, does what fell due, and goes on after a restart`() async throws {
        try await House.with { house in
            let first = try await house.serve("data", "--demo-clock", "2026-07-03T09:00+08:00")
            let view = try await first.client.send(AdvanceClock(workingDays: 1))
            #expect("\(view.today)" == "2026-07-06")
            let today = house.folder.appending(path: "data/bank/today")
            #expect(try String(contentsOf: today, encoding: .utf8) == "2026-07-06\n")
            // The advance returned when everything that was due had been done.
            let jobs = try await first.client.send(ListJobs()).items
            #expect(Set(jobs.map(\.kind)).isSuperset(of: ["notice.closeDue", "case.markOverdue"]))
            #expect(jobs.allSatisfy { $0.state == .completed })
            try await Self.expectMetricsOfRules(first.client)
            await #expect(throws: Refusal.self) { try await first.client.send(AdvanceClock(to: view.now)) }
            first.send(SIGTERM)
            #expect(await first.untilEnded() == 0)
            let second = try await house.serve()
            let clock = try await second.client.send(ShowClock())
            #expect(clock.demo)
            #expect("\(clock.today)" == "2026-07-06")
        }
    }

    /// The metrics that the alert rules name are exported by a daemon that did something, each with its help.
    private static func expectMetricsOfRules(_ client: ReliefClient) async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let rules = try String(contentsOf: root.appending(path: "deploy/alerts/relief.rules.yaml"), encoding: .utf8)
        let named = Set(
            rules.matches(of: /relief_[a-z_]+/).map { $0.output.replacing(/_(bucket|sum|count)$/, with: "") })
        // What stands is looked at beside all else, for the first time when the engine has connected.
        var text = ""
        while !text.contains("# TYPE relief_jobs_schedule_late_seconds") {
            text = String(decoding: try await client.get("/metrics"), as: UTF8.self)
        }
        let lines = text.split(separator: "\n")
        func names(after mark: String) -> Set<Substring> {
            Set(lines.filter { $0.hasPrefix(mark) }.compactMap { $0.split(separator: " ").dropFirst(2).first })
        }
        #expect(names(after: "# TYPE").subtracting(names(after: "# HELP")) == [])
        // These have no series before something went wrong.
        let troubles: Set<Substring> = [
            "relief_jobs_dead", "relief_jobs_in_doubt", "relief_jobs_queue_paused", "relief_jobs_unserved",
            "relief_bank_lines_open", "relief_standing_passed_over",
        ]
        #expect(named.subtracting(names(after: "# TYPE")) == troubles)
    }
}
