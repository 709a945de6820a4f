import Contract
import Foundation
import Logging
import Relief

// What `reliefd` does besides serving; each says its lines to the one who called it.

extension Installation {
    /// `reliefd init`: makes the data folder, keys, database, root union and its administrator. A second run changes
    /// nothing and says so.
    package static func initialise(_ settings: Settings, _ founding: Founding, said: (String) -> Void) async throws {
        let installation = try await open(settings, logger: Logs.begin(settings))
        do {
            let admin = try await installation.found(founding)
            said("data       \(installation.directory.root.path)")
            said("database   \(settings.databaseURL == nil ? "embedded PostgreSQL" : "as set")")
            said("schema     \(installation.migrated.isEmpty ? "up to date" : "made")")
            said("log key    \(installation.door.auditLog.vkey)")
            if let admin {
                said("made       \(founding.union) (\(founding.code)), administrator \(admin.login)")
                said("Next: reliefd serve")
            } else {
                said("This installation exists already; nothing was changed.")
            }
        } catch {
            await installation.close()
            throw error
        }
        await installation.close()
    }

    /// `reliefd migrate`: brings the database to this program's schema.
    package static func migrate(_ settings: Settings, said: (String) -> Void) async throws {
        let logger = Logs.begin(settings)
        let applied: [String]
        if let conninfo = settings.databaseURL {
            applied = try await migrate(conninfo, logger: logger)
        } else {
            let installation = try await open(settings, logger: logger)
            applied = installation.migrated
            await installation.close()
        }
        for name in applied { said("applied \(name)") }
        if applied.isEmpty { said("The schema is up to date.") }
    }
}

extension Examination {
    /// `reliefd doctor`: says every finding in a line; false where something is not as it should be.
    package static func examine(_ settings: Settings, said: (String) -> Void) async -> Bool {
        var quiet = settings
        quiet.logLevel = max(settings.logLevel, .critical)
        let report = await report(settings, logger: Logs.begin(quiet))
        for check in report.checks {
            let name = check.name + String(repeating: " ", count: max(0, 18 - check.name.count))
            said("\(check.ok ? "ok    " : "not ok") \(name) \(check.detail)")
        }
        let language = Language(environment: ProcessInfo.processInfo.environment)
        for warning in report.warnings ?? [] { said("note   \(warning.text(in: language))") }
        return report.ok
    }
}
