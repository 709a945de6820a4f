import Contract
import Foundation
import LocalPostgres
import Logging
import Postgres
import Relief
import Schema
import WorkingDays

/// Looks at everything a daemon stands on; each finding says what to do where something is wrong.
struct Doctor: Sendable {
    let settings: Settings
    let directory: DataDirectory
    /// nil where the database can't be reached.
    let pool: Pool?
    let clock: any Clock
    /// How the running daemon's log stands; nil where nobody seals.
    var standing: LogStanding?
    let logger: Logger

    func checks() async -> [DoctorCheck] {
        var checks = [dataFolder] + keys + [disk, bank]
        if settings.databaseURL == nil { checks.append(await binaries) }
        guard let pool else { return checks }
        do {
            checks += try await pool.withConnection { connection in
                [
                    try await server(connection), try await schema(connection), try await audit(connection),
                    try await jobs(connection), try await time(connection), try await tokens(connection),
                ]
            }
            checks += try await pool.transaction(.readOnly) { try await standing($0) }
        } catch {
            checks.append(.bad("database", "it doesn't answer (\(error)); look at the log of PostgreSQL"))
        }
        return checks
    }

    /// The checks, and what isn't wrong yet.
    func report() async -> DoctorReport {
        let (checks, warnings) = (await checks(), await warnings())
        return DoctorReport(ok: checks.allSatisfy(\.ok), checks: checks, warnings: warnings.isEmpty ? nil : warnings)
    }

    private func warnings() async -> [Phrase] {
        guard let pool else { return [] }
        let today = Day(clock.now())
        let now = clock.now()
        let found = try? await pool.withConnection {
            try await Calendars.warnings(on: today, in: $0) + (try await TokensEnding.look(now: now, in: $0).warnings)
        }
        return found ?? []
    }

    private var dataFolder: DoctorCheck {
        let path = directory.root.path
        guard let mode = Self.mode(path) else { return .bad("data", "\(path) is missing; run reliefd init") }
        return mode & 0o066 == 0
            ? .good("data", path) : .bad("data", "others can look into \(path); run chmod 700 \(path)")
    }

    private var keys: [DoctorCheck] {
        [("keys.root", directory.rootKey), ("keys.audit", directory.auditKey)].map { name, file in
            guard let mode = Self.mode(file.path) else {
                return .bad(name, "\(file.path) is missing; restore it from your backup, nothing opens without it")
            }
            return mode & 0o077 == 0
                ? .good(name, file.path) : .bad(name, "others can read \(file.path); run chmod 600 \(file.path)")
        }
    }

    private var disk: DoctorCheck {
        guard let disk = DiskSpace(at: directory.root.path) else {
            return .bad("disk", "\(directory.root.path) can't be asked for its free space")
        }
        let free = "\(disk.free >> 20) MiB free (\(disk.percentFree) %)"
        return disk.isFilling
            ? .bad("disk", "only \(free) at \(directory.root.path); make room before PostgreSQL and the log stop")
            : .good("disk", free)
    }

    /// What the standing orders pass over, one finding for each.
    private func standing(_ transaction: Transaction) async throws -> [DoctorCheck] {
        try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
        let found = try await PassedOver.look(bankFolder: settings.bank, now: clock.now(), in: transaction)
        guard !found.isEmpty else { return [.good("standing", "passes over nothing")] }
        return found.sorted { $0.key < $1.key }.map { name, over in
            .bad(
                "standing.\(name)",
                "passes over \(over.count) since \(Timestamp.text(over.since)): "
                    + over.because.map(\.en).joined(separator: " "))
        }
    }

    private var bank: DoctorCheck {
        access(settings.bank.path, W_OK | X_OK) == 0
            ? .good("bank", settings.bank.path)
            : .bad("bank", "\(settings.bank.path) can't be written; make it, or name another with --bank")
    }

    private var binaries: DoctorCheck {
        get async {
            do {
                let found = try await ServerBinaries.find(environment: ProcessInfo.processInfo.environment)
                return .good("postgres.programs", "PostgreSQL \(found.major) in \(found.directory)")
            } catch {
                return .bad("postgres.programs", "\(error)")
            }
        }
    }

    private func server(_ connection: Connection) async throws -> DoctorCheck {
        let row = try await connection.one(
            "SELECT current_setting('server_version') AS version, current_user::text AS role")
        let (version, role): (String, String) = (try row["version"], try row["role"])
        return role == "relief_app"
            ? .good("database", "PostgreSQL \(version), as \(role)")
            : .bad("database", "the session acts as \(role) and not as relief_app; run reliefd migrate")
    }

    private func schema(_ connection: Connection) async throws -> DoctorCheck {
        let status = try await Migrator(logger: logger).status(on: connection)
        let wrong = status.filter { if case .applied = $0.state { false } else { true } }
        return wrong.isEmpty
            ? .good("schema", status.last.map { "at \($0.name)" } ?? "empty")
            : .bad(
                "schema", wrong.map { "\($0.name) is \($0.state)" }.joined(separator: ", ") + "; run reliefd migrate")
    }

    private func jobs(_ connection: Connection) async throws -> DoctorCheck {
        let row = try await connection.one(
            """
            SELECT (SELECT count(*) FROM jobs.dead_letter) AS dead,
                   count(*) FILTER (WHERE lease_until > \(SystemClock().now())) AS engines, count(*) AS known
            FROM jobs.engine
            """)
        let (dead, engines, known): (Int, Int, Int) = (try row["dead"], try row["engines"], try row["known"])
        // An engine that ends in order takes its row away.
        guard engines > 0 || known == 0 else {
            return .bad("jobs", "no engine has a lease, so that no job runs; look at reliefd's log")
        }
        return dead == 0
            ? .good("jobs", "\(engines) engines at work")
            : .bad(
                "jobs", "\(dead) jobs failed for good; see relief job list --state discarded, then retry or cancel them"
            )
    }

    /// Who lives by tokens alone and is shut out, since nobody renewed the last one.
    private func tokens(_ connection: Connection) async throws -> DoctorCheck {
        let ending = try await TokensEnding.look(now: clock.now(), in: connection)
        guard ending.ended.isEmpty else {
            return .bad(
                "tokens",
                "the last token has ended of \(TokensEnding.names(ending.ended)); issue new ones (relief token issue), or disable or revoke whoever isn't to come back"
            )
        }
        let soon = ending.soon.isEmpty ? "none ends soon" : "soon end those of \(TokensEnding.names(ending.soon))"
        return .good("tokens", soon)
    }

    private func time(_ connection: Connection) async throws -> DoctorCheck {
        let theirs: Date = try await connection.value("SELECT clock_timestamp()")
        let apart = abs(theirs.timeIntervalSince(SystemClock().now()))
        guard apart < 5 else {
            return .bad("clock", "this host and the database are \(Int(apart)) s apart; let NTP set both")
        }
        let behind = try await ClockBehind.seconds(now: clock.now(), in: connection)
        guard behind == 0 else {
            return .bad(
                "clock",
                "it is \(Int(behind)) s behind the last command's time: it went back, or ran ahead before; let NTP set it"
            )
        }
        let demo = abs(clock.now().timeIntervalSince(SystemClock().now())) > 1
        return .good("clock", demo ? "demonstration, \(Timestamp.text(clock.now()))" : "real time")
    }

    private static func mode(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
    }
}

extension DoctorCheck {
    static func good(_ name: String, _ detail: String) -> DoctorCheck {
        DoctorCheck(name: name, ok: true, detail: detail)
    }

    static func bad(_ name: String, _ detail: String) -> DoctorCheck {
        DoctorCheck(name: name, ok: false, detail: detail)
    }
}
