import Contract
import FoundationEssentials
package import Logging
package import Postgres
import TransparencyLog
package import WorkingDays

/// Appends committed commands to the transparency log and signs it.
///
/// A round takes unsealed events by state, never by watermark, in the order of their numbers. If A was acknowledged before
/// B began, A's number is smaller and A is visible in every round in which B is; so the log respects real time.
package struct Sealer: Sendable {
    private let pool: Pool
    private let log: AuditLog
    private let clock: any Clock
    private let logger: Logger

    /// Any 64-bit number that nothing else locks: one sealer at a time, on whatever node.
    private static let lock: Int64 = 0x7265_6c69_6566_0001
    private static let mostPerRound = 4096

    package init(
        pool: Pool, log: AuditLog, clock: any Clock, logger: Logger = Logger(label: "relief.sealer")
    ) {
        (self.pool, self.log, self.clock, self.logger) = (pool, log, clock, logger)
    }

    /// Seals everything that is committed, round by round; gives how many leaves were appended. Another sealer at work on
    /// the same database is waited for; what it sealed is published here, too.
    @discardableResult
    package func seal() async throws -> Int {
        var sealed = 0
        while true {
            let count = try await locked { try await round() }
            sealed += count
            if count < Self.mostPerRound { break }
        }
        if sealed == 0 { try await recover() }
        return sealed
    }

    /// Publishes the newest signed checkpoint again and rebuilds missing files: after a crash between commit and rename,
    /// or on a machine that has the database but not yet the folder.
    package func recover() async throws {
        try await locked { try await republish() }
    }

    private func republish() async throws {
        try await pool.transaction { transaction in
            try await Self.takeLock(in: transaction)
            try await self.requireKnown(in: transaction)
            guard let head = try await Self.head(in: transaction) else { return }
            _ = try await self.appender(at: head, in: transaction)
            try self.log.publish(SignedNote(parsing: head.note))
        }
    }

    private struct Head {
        let size: Int
        let root: Hash
        let note: String
    }

    /// One round. Files first (synced), then signature and places in one commit, then the checkpoint by rename: what is
    /// published is always complete, and no other root is ever signed for a size that was.
    private func round() async throws -> Int {
        let note: (SignedNote, Int)? = try await pool.transaction { transaction in
            try await Self.takeLock(in: transaction)
            let rows = try await transaction.query(
                """
                SELECT id, leaf FROM audit.event WHERE leaf_index IS NULL ORDER BY seq LIMIT \(Self.mostPerRound)
                """)
            if rows.isEmpty { return nil }
            try await self.requireKnown(in: transaction)
            let events: [UUID] = try rows.map { try $0["id"] }
            var appender = try await self.appender(at: Self.head(in: transaction), in: transaction)
            let growth = try appender.append(rows.map { try $0["leaf"] })
            try self.log.directory.write(growth.files)
            let note = try Checkpoint(origin: self.log.origin, size: growth.size, root: growth.root)
                .signed(by: self.log.signer)
            try await transaction.execute(
                """
                UPDATE audit.event AS e SET leaf_index = \(growth.firstIndex)::bigint + s.place - 1
                FROM unnest(\(events)::uuid[]) WITH ORDINALITY AS s (id, place) WHERE e.id = s.id
                """)
            try await transaction.execute(
                """
                INSERT INTO audit.checkpoint (size, root, note, at)
                VALUES (\(growth.size), \(growth.root.bytes), \(note.encoded), \(self.clock.now()))
                """)
            return (note, rows.count)
        }
        guard let note else { return 0 }
        try log.publish(note.0)
        return note.1
    }

    /// Waiting, not trying: a command that commits after the other's look must not stay unsealed. But not for ever: somebody
    /// who is no sealer may hold it.
    private static func takeLock(in transaction: Transaction) async throws {
        try await transaction.execute("SET LOCAL lock_timeout = '5s'")
        try await transaction.execute("SELECT pg_advisory_xact_lock(\(lock))")
        try await transaction.execute("SET LOCAL lock_timeout = 0")
    }

    /// Runs a body, and says of a lock that wasn't to be had who has it.
    private func locked<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as PostgresError where error.sqlState == "55P03" {
            let holder: Int? = try await pool.withConnection { connection in
                try await connection.first(
                    """
                    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
                       AND (classid::bigint << 32 | objid::bigint) = \(Self.lock)
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """)?["pid"]
            }
            let process = holder.map { "\($0)" } ?? "?"
            throw Refusal(
                .unavailable,
                Phrase(
                    "session \(process) of the database holds the sealer's lock; if it is no reliefd, end it (SELECT pg_terminate_backend(\(process)))",
                    "数据库会话 \(process) 占用了封存锁；如果不是 reliefd，请结束它（SELECT pg_terminate_backend(\(process))）"))
        }
    }

    /// Refuses to sign where the database doesn't know what was signed.
    private func requireKnown(in transaction: Transaction) async throws {
        guard let fork = try await log.compare(in: transaction).fork else { return }
        logger.critical("audit.log.forked", metadata: ["error": "\(fork)"])
        throw fork
    }

    private static func head(in transaction: Transaction) async throws -> Head? {
        guard
            let row = try await transaction.first(
                "SELECT size, root, note FROM audit.checkpoint ORDER BY size DESC LIMIT 1")
        else { return nil }
        let bytes: [UInt8] = try row["root"]
        guard let root = Hash(bytes: bytes) else {
            throw Refusal(
                .internal,
                Phrase(
                    "The stored checkpoint has no root of 32 bytes.",
                    "所存检查点没有 32 字节的根。"))
        }
        return Head(size: try row["size"], root: root, note: try row["note"])
    }

    /// Takes the log up where it stands; files that are missing or wrong are made again from the database's leaves, which
    /// must give the root that was signed.
    private func appender(at head: Head?, in transaction: Transaction) async throws -> LogAppender {
        guard let head else { return LogAppender() }
        let directory = log.directory
        if let found = try? LogAppender(size: head.size, root: head.root, read: { try directory.read($0) }) {
            return found
        }
        var rebuilt = LogAppender()
        while rebuilt.size < head.size {
            let leaves = try await transaction.query(
                """
                SELECT leaf FROM audit.event WHERE leaf_index >= \(rebuilt.size) AND leaf_index < \(head.size)
                ORDER BY leaf_index LIMIT \(Self.mostPerRound)
                """)
            guard !leaves.isEmpty else { break }
            try directory.write(rebuilt.append(leaves.map { try $0["leaf"] }).files)
        }
        guard rebuilt.size == head.size, rebuilt.root == head.root else {
            throw Refusal(
                .internal,
                Phrase(
                    "The leaves in the database do not give the signed root of \(head.size) leaves: run relief audit verify.",
                    "数据库中的记录与已签名的 \(head.size) 条记录的根不符：请运行 relief audit verify。")
            )
        }
        return rebuilt
    }
}
