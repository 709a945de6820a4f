import Client
import Contract
import Foundation
import Testing

/// A daemon whose log can't be sealed, or has forked, says so and changes nothing until it can.
@Suite(.serialized) struct LogTroubleTests {
    @Test func `a log that can't be written closes the door, says so, and opens by itself`() async throws {
        try await House.with { house in
            let daemon = try await house.serve()
            let client = daemon.client
            let (log, away) = (daemon.data.appending(path: "log"), daemon.data.appending(path: "log-away"))
            _ = try await Unions(client: client).found(1)
            // A file in the folder's place: also root can't write through it.
            try FileManager.default.moveItem(at: log, to: away)
            try Data("x".utf8).write(to: log)
            _ = try await Unions(client: client).found(2)
            await daemon.untilReadyz { $0?.hasPrefix("HTTP/1.1 503") == true }
            await daemon.untilReadyz { $0?.contains("The log has not been sealed for") == true }
            let refusal = try await #require(throws: Refusal.self) { try await Unions(client: client).found(3) }
            #expect(refusal.code == .unavailable && refusal.message.contains("can't be written"))
            // Who only looks is answered, and told.
            _ = try await client.send(WhoAmI())
            let checks = try await client.send(ReportHealth()).checks
            #expect(checks.contains { $0.name == "audit.log" && !$0.ok && $0.detail.contains("not been sealed") })
            let metrics = String(decoding: try await client.get("/metrics"), as: UTF8.self)
            #expect(metrics.contains("relief_log_closed 1\n"))
            try FileManager.default.removeItem(at: log)
            try FileManager.default.moveItem(at: away, to: log)
            await daemon.untilReadyz { $0?.hasPrefix("HTTP/1.1 200") == true }
            _ = try await Unions(client: client).found(3)
            #expect(try await client.send(VerifyAudit()).intact)
        }
    }

    @Test func `G12: an older database with an older log folder signs nothing, until the operator adopts it`()
        async throws
    {
        try await House.with { house in
            let data = house.folder.appending(path: "data").path
            let first = try await house.serve()
            _ = try await Unions(client: first.client).found(1)
            first.send(SIGTERM)
            _ = await first.untilEnded()
            // The backup: database and log folder, with owners and modes.
            _ = try Built.shell("cp -a \(data)/postgres \(data)/postgres.old && cp -a \(data)/log \(data)/log.old")
            let second = try await house.serve()
            for number in 2...5 { _ = try await Unions(client: second.client).found(number) }
            second.send(SIGTERM)
            _ = await second.untilEnded()
            for name in ["postgres", "log"] {
                _ = try Built.shell("rm -rf \(data)/\(name) && mv \(data)/\(name).old \(data)/\(name)")
            }
            let checkpoint = try Data(contentsOf: URL(fileURLWithPath: data + "/log/checkpoint"))

            let third = try house.begin()
            await third.untilReadyz { $0?.contains("leaves of the log were signed here") == true }
            let refusal = try await #require(throws: Refusal.self) { try await Unions(client: third.client).found(9) }
            #expect(refusal.code == .unavailable)
            #expect(try Data(contentsOf: URL(fileURLWithPath: data + "/log/checkpoint")) == checkpoint)
            third.send(SIGTERM)
            _ = await third.untilEnded()

            let look = try await house.run("data", ["log", "adopt"])
            #expect(look.0 == 1)
            #expect(look.1.contains("Lost with it: leaves "))
            let size = try #require(look.1.firstMatch(of: /--size ([0-9]+)/)?.output.1)
            let wrong = try await house.run("data", ["log", "adopt", "--size", "1"])
            #expect(wrong.0 == 1 && wrong.2.contains("--size must be \(size)"))
            let adopted = try await house.run("data", ["log", "adopt", "--size", String(size)])
            #expect(adopted.0 == 0, "\(adopted)")
            #expect(adopted.1.contains("The log goes on from \(size) leaves."))
            let again = try await house.run("data", ["log", "adopt"])
            #expect(again.0 == 0 && again.1.contains("nothing to adopt"))

            let fourth = try await house.serve()
            _ = try await Unions(client: fourth.client).found(9)
            #expect(try await fourth.client.send(VerifyAudit()).intact)
            let entries = try await fourth.client.send(ShowAuditLog()).items
            #expect(entries.contains { $0.command == "log.adopt" })
        }
    }

    @Test func `another database that is empty isn't begun beside keys that have signed`() async throws {
        try await House.with { house in
            let data = house.folder.appending(path: "data").path
            let first = try await house.serve()
            first.send(SIGTERM)
            _ = await first.untilEnded()
            _ = try Built.shell("rm -rf \(data)/postgres \(data)/log")
            let second = try await house.run("data", ["serve"])
            #expect(second.0 == 1)
            #expect(second.2.contains("the database is empty: connect the right one"))
        }
    }

    @Test func `G7: a frozen PostgreSQL makes the daemon not ready within its deadline, and the thaw ready again`()
        async throws
    {
        try await House.with { house in
            let daemon = try await house.serve()
            _ = try await Unions(client: daemon.client).found(1)
            let server = try #require(Postmaster(of: daemon))
            server.send(SIGSTOP)
            defer { server.send(SIGCONT) }
            let start = ContinuousClock.now
            await daemon.untilReadyz { $0?.contains("503") == true }
            // Asked within 3 s; a busy machine is given ten times that.
            #expect(ContinuousClock.now - start < .seconds(30))
            let refusal = try await #require(throws: Refusal.self) { try await Unions(client: daemon.client).found(2) }
            #expect(refusal.code == .unavailable)
            server.send(SIGCONT)
            await daemon.untilReadyz { $0?.hasPrefix("HTTP/1.1 200") == true }
            _ = try await Unions(client: daemon.client).found(2)
            #expect(try await daemon.client.send(VerifyAudit()).intact)
        }
    }
}

/// All processes of a daemon's own PostgreSQL.
private struct Postmaster {
    private let folder: String

    init?(of daemon: DaemonProcess) {
        let folder = daemon.data.appending(path: "postgres/data").resolvingSymlinksInPath().path
        guard FileManager.default.fileExists(atPath: folder) else { return nil }
        self.folder = folder
    }

    /// The postmaster first, so that it makes no new ones meanwhile. Each works in the data folder.
    func send(_ signal: Int32) {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in all.compactMap({ Int32($0) }).sorted()
        where (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) == folder {
            kill(process, signal)
        }
    }
}
