import Postgres

/// A lock that a session of its own holds: whoever wishes for it waits until he is cancelled or killed.
struct HeldLock {
    let key: Int
    private let holder: Connection

    static func taken(by holder: Connection? = nil) async throws -> HeldLock {
        let connection: Connection
        if let holder { connection = holder } else { connection = try await Server.connect() }
        let lock = HeldLock(key: Int.random(in: 1...Int.max), holder: connection)
        try await lock.holder.execute("SELECT pg_advisory_lock(\(lock.key))")
        return lock
    }

    /// The statement that waits.
    var wish: SQL { "SELECT pg_advisory_xact_lock(\(key))" }

    func release() async { await holder.close() }
}
