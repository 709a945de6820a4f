import Dispatch
import Foundation
import Postgres
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A COMMIT whose reply never comes: neither success nor failure, and never sent twice.
struct CommitTests {
    @Test(arguments: [true, false]) func `a lost reply is an unknown outcome`(reachesServer: Bool) async throws {
        let plain = try await Server.connect()
        let table = "commit_\(UUID().uuidString.prefix(8))"
        try await plain.execute("CREATE TABLE \(identifier: table) (n int)")
        let sockets: String = try await plain.value("SHOW unix_socket_directories")
        let wire = try CutWire(
            to: sockets.filter { $0 != "\"" } + "/.s.PGSQL.5432", cutsAt: "COMMIT", delivers: reachesServer)
        defer { wire.close() }
        let pool = Pool(
            settings: Settings("host=\(wire.directory) port=5432 dbname=postgres user=postgres"), size: 1,
            logger: Server.logger)
        let woken = Shared(0)
        let error = await failure {
            try await pool.transaction { transaction in
                transaction.onCommit { woken.withLock { $0 += 1 } }
                try await transaction.execute("INSERT INTO \(identifier: table) VALUES (1)")
            }
        }
        #expect(error?.code == .outcomeUnknown)
        #expect(error?.fileID == #fileID)
        #expect(woken.withLock { $0 } == 0)
        #expect(wire.commits == 1)
        // The lock is free once the server has ended that session, committed or not.
        try await plain.transaction { transaction in
            try await transaction.execute("LOCK TABLE \(identifier: table) IN ACCESS EXCLUSIVE MODE")
            let count: Int = try await transaction.value("SELECT count(*) FROM \(identifier: table)")
            #expect(count == (reachesServer ? 1 : 0))
        }
        await pool.close()
        try await plain.execute("DROP TABLE \(identifier: table)")
        await plain.close()
    }

    @Test func `a connection known to be lost before COMMIT is no unknown outcome`() async throws {
        let (connection, killer) = (try await Server.connect(), try await Server.connect())
        let error = await failure {
            try await connection.transaction { transaction in
                let process: Int = try await transaction.value("SELECT pg_backend_pid()")
                try await killer.execute("SELECT pg_terminate_backend(\(process)::int)")
                for await _ in connection.notifications {}
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.sqlState == "57P01")
        await connection.close()
        await killer.close()
    }
}

/// A unix socket that passes bytes on to the server and back, until the client says a certain word.
final class CutWire: Sendable {
    let directory: String
    private let listener: Int32
    private let heard = Shared(0)

    var commits: Int { heard.withLock { $0 } }

    /// `delivers`: whether the word still reaches the server before both ends are cut.
    init(to server: String, cutsAt word: String, delivers: Bool) throws {
        directory = FileManager.default.temporaryDirectory.path + "/wire-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        listener = stream()
        guard withAddress(directory + "/.s.PGSQL.5432", { bind(listener, $0, $1) }) == 0, Self.open(listener) == 0
        else { throw CocoaError(.fileWriteUnknown) }
        Thread.detachNewThread { [listener, heard] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                let upstream = stream()
                _ = withAddress(server) { connect(upstream, $0, $1) }
                Thread.detachNewThread {
                    pass(from: client, to: upstream) { bytes in
                        guard bytes.range(of: Data(word.utf8)) != nil else { return true }
                        heard.withLock { $0 += 1 }
                        // Cut the way back first: the reply must not slip through.
                        shutdown(client, Int32(SHUT_RDWR))
                        if delivers { _ = bytes.withUnsafeBytes { send(upstream, $0.baseAddress, $0.count, 0) } }
                        return false
                    }
                    // The server reads what was delivered, then the end.
                    shutdown(upstream, Int32(SHUT_WR))
                }
                Thread.detachNewThread { pass(from: upstream, to: client) { _ in true } }
            }
        }
    }

    private static func open(_ listener: Int32) -> Int32 { listen(listener, 8) }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        try? FileManager.default.removeItem(atPath: directory)
    }
}

private func stream() -> Int32 {
    #if canImport(Glibc)
        socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
        socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
}

private func pass(from source: Int32, to target: Int32, while isPassed: (Data) -> Bool) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = recv(source, &buffer, buffer.count, 0), count > 0 {
        let bytes = Data(buffer[..<count])
        guard isPassed(bytes) else { return }
        #if canImport(Glibc)
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        _ = bytes.withUnsafeBytes { send(target, $0.baseAddress, $0.count, flags) }
    }
}

private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
}
