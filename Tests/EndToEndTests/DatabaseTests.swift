import Client
import Contract
import Foundation
import LocalPostgres
import Postgres
import Support
import Synchronization
import Testing

/// The built daemon and its PostgreSQL: one dies, or many daemons share it.
@Suite(.serialized) struct DatabaseTests {
    @Test func `G12: kill -9 of PostgreSQL under load: every acknowledged command is there once`() async throws {
        try await House.with { house in
            let daemon = try await house.serve()
            let unions = Unions(client: daemon.client)
            let file = daemon.data.appending(path: "postgres/data/postmaster.pid")
            let postmaster = try #require(
                Int32(String(contentsOf: file, encoding: .utf8).split(separator: "\n")[0]))
            let acknowledged = await unions.foundAll(0..<80) { count in
                if count == 25 { kill(postmaster, SIGKILL) }
            }
            #expect(acknowledged.count >= 25)
            try await daemon.untilReady(times: 2)
            let codes = try await unions.codes()
            for number in acknowledged { #expect(codes.count { $0 == Unions.code(number) } == 1) }
            #expect(await unions.foundAll(0..<80).count == 80)
            #expect(try await unions.codes().count == 81)
            let report = try await daemon.client.send(VerifyAudit())
            #expect(report.intact, "\(report.findings)")
            #expect(daemon.complaints.contains("postgres.died"))
        }
    }

    @Test func `two daemons on one database answer as one and share its jobs`() async throws {
        let cluster = try await ThrowawayCluster.start(isMigrated: false)
        try await House.with { house in
            let url = cluster.local.conninfo()
            let first = try await house.serve("one", "--database-url", url, "--audit-origin", "relief.example/log")
            // Without the keys of the first, a second could open nothing.
            let stranger = try await house.run("two", ["serve", "--database-url", url])
            #expect(stranger.0 == 1)
            #expect(stranger.2.contains("copy the folder keys"))
            try FileManager.default.removeItem(at: house.folder.appending(path: "two/keys"))
            try FileManager.default.copyItem(
                at: house.folder.appending(path: "one/keys"), to: house.folder.appending(path: "two/keys"))
            let second = try await house.serve("two", "--database-url", url)

            let (here, there) = (Unions(client: first.client), Unions(client: second.client))
            let made = try await here.found(1)
            #expect(try await there.found(1).code == made.code)
            #expect(try await there.codes().count { $0 == Unions.code(1) } == 1)
            async let left = here.foundAll(10..<30)
            async let right = there.foundAll(10..<30)
            #expect(await left.union(right).count == 20)
            #expect(try await here.codes().count == 22)

            try await shareJobs(cluster, first)
            for daemon in [first, second] {
                // What the other one sealed lately is in this one's folder once it has looked.
                try await catchUp(daemon, with: cluster)
                let report = try await daemon.client.send(VerifyAudit())
                #expect(report.intact, "\(report.findings)")
            }
        }
        await cluster.stop()
    }

    /// Makes a daemon look by a command, and asks until its folder has what was signed when that was done.
    private func catchUp(_ daemon: DaemonProcess, with cluster: ThrowawayCluster) async throws {
        _ = try await Unions(client: daemon.client).found(Int(daemon.processID))
        let connection = try await Connection.open(cluster.settings(), logger: quiet)
        let signed = try await connection.value("SELECT coalesce(max(size), 0) FROM audit.checkpoint", as: Int.self)
        await connection.close()
        var published = 0
        while published < signed {
            let lines = String(decoding: try await daemon.client.get("/log/checkpoint"), as: UTF8.self)
                .split(separator: "\n")
            published = lines.count > 1 ? Int(lines[1]) ?? 0 : 0
        }
    }

    private func shareJobs(_ cluster: ThrowawayCluster, _ daemon: DaemonProcess) async throws {
        let connection = try await Connection.open(cluster.settings(), logger: quiet)
        #expect(try await connection.value("SELECT count(*) FROM jobs.engine", as: Int.self) == 2)
        try await connection.execute(
            """
            INSERT INTO jobs.job (kind, queue, stage, run_at, max_attempts, created_at)
            SELECT 'case.markOverdue', 'standing', 'ready', now(), 3, now() FROM generate_series(1, 200)
            """)
        // Bounded by tries; each is a round trip to the daemon, which works meanwhile.
        var left = 200
        for _ in 0..<20_000 where left > 0 {
            _ = try await daemon.client.get("/healthz")
            left = try await connection.value("SELECT count(*) FROM jobs.job WHERE stage = 'ready'")
        }
        #expect(left == 0)
        let done = try await connection.one(
            """
            SELECT count(*) AS runs, count(DISTINCT id) AS jobs FROM jobs.history
            WHERE kind = 'case.markOverdue' AND outcome = 'done'
            """)
        let (runs, jobs): (Int, Int) = (try done["runs"], try done["jobs"])
        #expect(runs == jobs && jobs >= 200)
        #expect(try await connection.value("SELECT count(*) FROM jobs.dead_letter", as: Int.self) == 0)
        await connection.close()
    }
}
