import FoundationEssentials
import Glibc
import Logging
import Testing

@testable import LocalPostgres

/// Runs one statement with psql and gives its unaligned output.
private func psql(_ cluster: LocalCluster, _ sql: String) async throws -> String {
    let run = try await ChildProcess.run(
        ["/usr/bin/env", "psql", "-XAtqc", sql, cluster.conninfo()], environment: Watcher.plainEnvironment)
    return run.output.split(separator: "\n").joined(separator: "\n")
}

/// A directory for a persistent cluster, removed with everything in it.
private func withDirectory(_ name: String = "cluster", _ body: (String) async throws -> Void) async throws {
    let parent = try makeTemporaryDirectory(in: "/tmp")
    chmod(parent, 0o755)
    defer { try? FileManager.default.removeItem(atPath: parent) }
    try await body("\(parent)/\(name)")
}

private func watcher(_ directory: String, isThrowaway: Bool) async throws -> Watcher {
    Watcher(
        binaries: try await ServerBinaries.find(environment: ProcessInfo.processInfo.environment),
        directory: directory, sockets: directory, isThrowaway: isThrowaway,
        configuration: "listen_addresses = ''\nunix_socket_directories = '\(directory)'\n")
}

private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

@Suite struct LocalPostgresTests {
    @Test func `a throw-away cluster serves, and leaves nothing`() async throws {
        let cluster = try await LocalCluster.start(.throwaway, logger: logger)
        #expect(try await psql(cluster, "SELECT current_user, current_database()") == "relief|relief")
        #expect(try await psql(cluster, "SHOW listen_addresses") == "")
        #expect(try await psql(cluster, "SELECT usesuper FROM pg_user WHERE usename = current_user") == "f")
        await cluster.stop()
        #expect(!FileManager.default.fileExists(atPath: cluster.directory))
    }

    @Test func `a second start finds the data of the first`() async throws {
        try await withDirectory("it's a \"cluster\"") { directory in
            let first = try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            _ = try await psql(first, "CREATE TABLE kept AS SELECT 42 AS answer")
            await first.stop()
            let second = try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            #expect(try await psql(second, "SELECT answer FROM kept") == "42")
            #expect(try await psql(second, "SHOW fsync") == "on")
            await second.stop()
        }
    }

    @Test func `a path too long for a socket gets a short one`() async throws {
        try await withDirectory(String(repeating: "long", count: 30)) { directory in
            let cluster = try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            #expect(cluster.socketDirectory.utf8.count < 80)
            #expect(try await psql(cluster, "SELECT 1") == "1")
            try await cluster.restart()
            #expect(try await psql(cluster, "SELECT 1") == "1")
            await cluster.stop()
            #expect(!FileManager.default.fileExists(atPath: cluster.socketDirectory))
        }
    }

    @Test func `a committed row survives the killing of all processes`() async throws {
        let cluster = try await LocalCluster.start(.throwaway, logger: logger)
        _ = try await psql(cluster, "CREATE TABLE kept AS SELECT 42 AS answer")
        await cluster.crash()
        #expect(FileManager.default.fileExists(atPath: "\(cluster.directory)/data/postmaster.pid"))
        #expect(try await psql(cluster, "SELECT 1").contains("refused"))
        try await cluster.restart()
        #expect(try await psql(cluster, "SELECT answer FROM kept") == "42")
        await cluster.stop()
    }

    @Test func `a living owner keeps others out`() async throws {
        try await withDirectory { directory in
            let cluster = try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            let error = await #expect(throws: LocalPostgresError.self) {
                try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            }
            #expect(error?.code == .inUse)
            #expect(error?.description.contains("process \(getpid())") == true)
            await cluster.stop()
        }
    }

    @Test func `who lets go of a directory does so at once, whoever is just being started with its descriptors`()
        async throws
    {
        try await withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
            var lock: OwnerLock? = try OwnerLock(directory: directory)
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            let path = "\(directory)/owner.lock"
            let held = try #require(
                descriptors.first {
                    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
                }.flatMap { Int32($0) })
            // What a child has until its exec.
            let inherited = dup(held)
            defer { close(inherited) }
            #expect(lock != nil)
            lock = nil
            _ = try OwnerLock(directory: directory)
        }
    }

    @Test func `a stale process file doesn't keep the server from starting, nor kill the stranger it names`()
        async throws
    {
        try await withDirectory { directory in
            let first = try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            await first.crash()
            await first.stop()
            // The number of a living process that is no server: this one.
            let file = "\(directory)/data/postmaster.pid"
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n", maxSplits: 1)
            try "\(getpid())\n\(lines[1])".write(toFile: file, atomically: false, encoding: .utf8)
            let second = try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            #expect(try await psql(second, "SELECT 1") == "1")
            await second.stop()
        }
    }

    @Test func `a killed owner's server stops, and a throw-away one is removed`() async throws {
        let directory = try makeTemporaryDirectory(in: "/tmp")
        let watcher = try await watcher(directory, isThrowaway: true)
        // A shell that holds the watcher's standard input, as reliefd would, and is then killed.
        let hold = "mkfifo /tmp/hold.$$; \"$@\" </tmp/hold.$$ & exec 9>/tmp/hold.$$; rm /tmp/hold.$$; wait"
        let owner = try ChildProcess.spawn(
            ["/bin/sh", "-c", hold, "owner"] + watcher.command, environment: watcher.environment)
        #expect(await offPool { owner.readOutput { $0.contains("ready ") } }.contains("ready "))
        kill(owner.processID, SIGKILL)
        await offPool {
            // End-of-file on the first when the last process of the server has ended, on the second with the watcher.
            var byte: UInt8 = 0
            #expect(read(owner.alive, &byte, 1) == 0)
            _ = owner.readOutput { _ in false }
            _ = owner.finish()
        }
        [owner.alive, owner.input].forEach { close($0) }
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test func `what an owner and its watcher left running is stopped by the next owner`() async throws {
        try await withDirectory { directory in
            let first = try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            _ = try await psql(first, "CREATE TABLE kept AS SELECT 42 AS answer")
            await first.stop()
            let plan = try await watcher(directory, isThrowaway: false)
            let watcher = try ChildProcess.spawn(plan.command, environment: plan.environment)
            #expect(await offPool { watcher.readOutput { $0.contains("ready ") } }.contains("ready "))
            kill(watcher.processID, SIGKILL)
            let second = try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            var byte: UInt8 = 0
            #expect(read(watcher.alive, &byte, 1) == 0)
            #expect(try await psql(second, "SELECT answer FROM kept") == "42")
            await second.stop()
            [watcher.alive, watcher.input].forEach { close($0) }
            await offPool { _ = watcher.finish() }
        }
    }

    @Test func `without a server the error says what to install`() async throws {
        let error = await #expect(throws: LocalPostgresError.self) {
            try await ServerBinaries.find(environment: ["PATH": "/nowhere"], places: ["/also/nowhere"])
        }
        #expect(error?.code == .serverNotFound)
        #expect(error?.description.contains("/nowhere, /also/nowhere") == true)
        #expect(error?.description.contains("apt-get install postgresql") == true)
        await #expect(throws: LocalPostgresError.self) {
            try await ServerBinaries.find(environment: ["RELIEF_PG_BIN": "/nowhere"])
        }
    }

    @Test func `a directory with other things in it is left alone`() async throws {
        try await withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try "dear".write(toFile: "\(directory)/letter", atomically: false, encoding: .utf8)
            let error = await #expect(throws: LocalPostgresError.self) {
                try await LocalCluster.start(.persistent(directory: directory), logger: logger)
            }
            #expect(error?.code == .directory)
            #expect(error?.description.contains(directory) == true)
        }
    }
}
