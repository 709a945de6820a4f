import FoundationEssentials
package import Logging
package import Postgres

/// Brings a database to this program's schema: forward only, one transaction per migration, one migrator at a time.
package struct Migrator: Sendable {
    private let migrations: [Migration]
    private let logger: Logger

    package init(_ migrations: [Migration] = Schema.migrations, logger: Logger) {
        self.migrations = migrations.sorted { $0.name < $1.name }
        self.logger = logger
    }

    /// Applies what is pending, as the owner of the database, and gives the names of what it applied.
    ///
    /// - Throws: `SchemaError` when a migration was edited, is unknown, comes too late, or fails; those applied before
    ///   it stay.
    @discardableResult
    package func migrate(_ pool: Pool) async throws -> [String] {
        var applied: [String] = []
        while let name = try await pool.transaction(.readWrite, { try await applyNext(in: $0) }) {
            logger.info("Migration applied", metadata: ["schema.migration": "\(name)"])
            applied.append(name)
        }
        return applied
    }

    /// How each migration stands, those of the database and those of this program.
    package func status(on session: some Session) async throws -> [MigrationStatus] {
        guard try await session.value("SELECT to_regclass('public.schema_migrations') IS NOT NULL", as: Bool.self)
        else {
            return migrations.map { MigrationStatus(name: $0.name, state: .pending) }
        }
        let rows = try await session.query(
            """
            SELECT name, known.sha256 IS NOT NULL AS is_known, applied.applied_at,
                   known.sha256 IS NOT DISTINCT FROM applied.sha256 AS is_same,
                   name < max(applied.name) OVER () AS is_before_last
            FROM (
                SELECT name, encode(sha256(convert_to(text, 'UTF8')), 'hex') AS sha256
                FROM unnest(\(migrations.map(\.name))::text[], \(migrations.map(\.text))::text[]) AS file (name, text)
            ) AS known
            FULL JOIN public.schema_migrations AS applied USING (name)
            ORDER BY name
            """)
        return try rows.map { row in
            let (isKnown, isSame): (Bool, Bool) = (try row["is_known"], try row["is_same"])
            let (appliedAt, isBeforeLast): (Date?, Bool?) = (try row["applied_at"], try row["is_before_last"])
            let state: MigrationStatus.State =
                switch appliedAt {
                case .some(let date) where isKnown: isSame ? .applied(date) : .edited
                case .some: .unknown
                case nil: isBeforeLast == true ? .late : .pending
                }
            return MigrationStatus(name: try row["name"], state: state)
        }
    }

    // The lock lasts until the commit, so two migrators take turns, migration by migration, each looking afresh.
    private func applyNext(in transaction: Transaction) async throws -> String? {
        try await transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended('relief.schema_migrations', 0))")
        let status = try await status(on: transaction)
        for refusal in status.lazy.compactMap(SchemaError.init) { throw refusal }
        let pending = status.first { $0.state == .pending }
        guard let next = migrations.first(where: { $0.name == pending?.name }) else { return nil }
        if status.allSatisfy({ $0.state == .pending }) { try await transaction.script(Self.table) }
        do {
            try await transaction.script(next.text)
        } catch {
            // The error's own description would quote the whole file.
            let said = error as? PostgresError
            let reason = [said?.message ?? "\(error)", said?.hint].compactMap(\.self).joined(separator: " ")
            throw SchemaError(.failed, "\(next.file) failed and left nothing behind: \(reason)", cause: error)
        }
        try await transaction.execute(
            """
            INSERT INTO public.schema_migrations (name, sha256)
            VALUES (\(next.name), encode(sha256(convert_to(\(next.text)::text, 'UTF8')), 'hex'))
            """)
        return next.name
    }

    private static let table = """
        CREATE TABLE IF NOT EXISTS public.schema_migrations (
            name       text COLLATE "C" PRIMARY KEY,
            sha256     text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT transaction_timestamp()
        );
        GRANT SELECT ON public.schema_migrations TO PUBLIC;
        """
}
