import Foundation
package import Postgres
import Synchronization

/// A bad network: a unix socket before the server's, which passes the messages of the PostgreSQL protocol on and does to
/// them what the test says.
package final class Wire: Sendable {
    /// What becomes of a statement, and of its connection.
    package enum Fate: Sendable {
        case passed
        /// The connection is cut before the statement reaches the server.
        case cutBefore
        /// The statement reaches the server whole; the connection is cut before any of its answer is passed on.
        case cutAfter
    }

    /// As the settings that it was opened with, but through this wire.
    package let settings: Settings
    private let directory: URL
    private let listener: UnixSocket
    private let state = Mutex(State())
    private let cuts: AsyncStream<String>
    private let cut: AsyncStream<String>.Continuation

    private struct State {
        var judge: @Sendable (String) -> Fate = { _ in .passed }
        var isDropped: @Sendable () -> Bool = { false }
        var dropped = 0
        var lines: [Line] = []
    }

    /// Opens a wire to the server whose socket is in this directory.
    package init(to socketDirectory: String, as settings: Settings) throws {
        let server = socketDirectory + "/.s.PGSQL.5432"
        (cuts, cut) = AsyncStream.makeStream(of: String.self)
        directory = FileManager.default.temporaryDirectory.appending(path: "wire-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        listener = try UnixSocket(listeningAt: directory.appending(path: ".s.PGSQL.5432").path)
        var own = settings
        // Of two hosts in a conninfo the last counts.
        own.conninfo += " host='\(directory.path)'"
        self.settings = own
        Thread.detachNewThread { [self] in
            while let client = listener.accept() {
                guard let upstream = try? UnixSocket(connectedTo: server) else {
                    client.cut()
                    continue
                }
                let line = Line(client: client, upstream: upstream, wire: self)
                state.withLock { $0.lines.append(line) }
                line.run()
            }
        }
    }

    /// From now on asks about each statement, by its text, what becomes of it. A prepared one is asked about whenever it
    /// is executed.
    package func judge(_ judge: @escaping @Sendable (_ statement: String) -> Fate) {
        state.withLock { $0.judge = judge }
    }

    /// From now on asks about each notification whether it gets lost.
    package func loseNotifications(_ isLost: @escaping @Sendable () -> Bool) {
        state.withLock { $0.isDropped = isLost }
    }

    /// Waits until a connection was cut; returns the statement at which.
    @discardableResult
    package func untilCut() async -> String? {
        for await statement in cuts { return statement }
        return nil
    }

    /// How many notifications got lost.
    package var lostNotifications: Int { state.withLock(\.dropped) }

    /// Cuts all that is open, and takes no more.
    package func close() {
        listener.cut()
        for line in state.withLock(\.lines) { line.cut() }
        try? FileManager.default.removeItem(at: directory)
    }

    func fate(of statement: String) -> Fate {
        let fate = state.withLock(\.judge)(statement)
        if fate != .passed { cut.yield(statement) }
        return fate
    }

    func losesNotification() -> Bool {
        let isLost = state.withLock(\.isDropped)()
        if isLost { state.withLock { $0.dropped += 1 } }
        return isLost
    }
}

extension Database {
    /// A wire to this database, as the daemon connects.
    package func wire() throws -> Wire { try Wire(to: socketDirectory, as: appSettings) }
}
