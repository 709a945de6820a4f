import ArgumentParser
import Assembly
import Contract
import FoundationEssentials
import Logging
import Relief

/// Runs the daemon in the foreground.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until SIGTERM; initialise first where nothing is there.")

    @OptionGroup var options: SettingOptions
    @OptionGroup var founding: FoundingOptions

    func run() async throws {
        try await explained {
            let settings = try options.settings()
            try await Daemon.serve(
                settings, founding: founding.founding, logger: Logs.begin(settings), said: { Reliefd.say($0) })
        }
    }
}

/// Makes keys, database and administrator.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the data folder, keys, database, root union and its administrator.",
        discussion:
            "The administrator is the account that runs this, or that called sudo. A second run changes nothing.")

    @OptionGroup var options: SettingOptions
    @OptionGroup var founding: FoundingOptions

    func run() async throws {
        try await explained {
            let settings = try options.settings()
            let founding = founding.founding
            let installation = try await Installation.open(settings, logger: Logs.begin(settings))
            do {
                let admin = try await installation.found(founding)
                Reliefd.say("data       \(installation.directory.root.path)")
                Reliefd.say("database   \(settings.databaseURL == nil ? "embedded PostgreSQL" : "as set")")
                Reliefd.say("schema     \(installation.migrated.isEmpty ? "up to date" : "made")")
                Reliefd.say("log key    \(installation.door.auditLog.vkey)")
                if let admin {
                    Reliefd.say("made       \(founding.union) (\(founding.code)), administrator \(admin.login)")
                    Reliefd.say("Next: reliefd serve")
                } else {
                    Reliefd.say("This installation exists already; nothing was changed.")
                }
            } catch {
                await installation.close()
                throw error
            }
            await installation.close()
        }
    }
}

/// Brings the database to this program's schema.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database to this program's schema, forward only.")

    @OptionGroup var options: SettingOptions

    func run() async throws {
        try await explained {
            let settings = try options.settings()
            let logger = Logs.begin(settings)
            let applied: [String]
            if let conninfo = settings.databaseURL {
                applied = try await Installation.migrate(conninfo, logger: logger)
            } else {
                let installation = try await Installation.open(settings, logger: logger)
                applied = installation.migrated
                await installation.close()
            }
            for name in applied { Reliefd.say("applied \(name)") }
            if applied.isEmpty { Reliefd.say("The schema is up to date.") }
        }
    }
}

/// Examines an installation.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check everything the daemon stands on; what is wrong, and what to do.")

    @OptionGroup var options: SettingOptions

    func run() async throws {
        try await explained {
            var settings = try options.settings()
            if options.logLevel == nil { settings.logLevel = .critical }
            let report = await Examination.report(settings, logger: Logs.begin(settings))
            for check in report.checks {
                let name = check.name + String(repeating: " ", count: max(0, 18 - check.name.count))
                Reliefd.say("\(check.ok ? "ok    " : "not ok") \(name) \(check.detail)")
            }
            if !report.ok { throw ExitCode(1) }
        }
    }
}
