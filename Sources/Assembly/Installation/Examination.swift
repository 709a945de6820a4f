import Contract
import Foundation
import Logging
import Postgres
import WorkingDays

/// `reliefd doctor`: looks at an installation from outside, whether its daemon runs or not.
package enum Examination {
    /// Never throws: what can't be looked at is a finding.
    static func report(_ settings: Settings, logger: Logger) async -> DoctorReport {
        let directory = DataDirectory(settings.data)
        guard FileManager.default.fileExists(atPath: directory.rootKey.path) else {
            return report([.bad("data", "nothing is initialised in \(directory.root.path); run reliefd init or serve")])
        }
        let holder = DirectoryLock.livingHolder(of: directory)
        if let conninfo = settings.databaseURL ?? holder?.conninfo {
            var report = await report(settings, directory, conninfo, logger: logger)
            report.checks.append(.good("daemon", holder.map { "runs as process \($0.process)" } ?? "doesn't run"))
            return report
        }
        // Nobody runs the embedded PostgreSQL: run it for as long as the look takes.
        do {
            let installation = try await Installation.open(settings, logger: logger)
            var report = await installation.doctor.report()
            await installation.close()
            report.checks.append(.good("daemon", "doesn't run"))
            return report
        } catch {
            let doctor = Doctor(
                settings: settings, directory: directory, pool: nil, clock: SystemClock(), logger: logger)
            return report(await doctor.checks() + [.bad("database", "\(error)")])
        }
    }

    private static func report(
        _ settings: Settings, _ directory: DataDirectory, _ conninfo: String, logger: Logger
    ) async -> DoctorReport {
        let pool = Pool(settings: Installation.session(conninfo), size: 1, logger: logger)
        let clock = (try? DemoClock(directory, start: nil, logger: logger)) ?? nil
        let doctor = Doctor(
            settings: settings, directory: directory, pool: pool, clock: clock ?? SystemClock(), logger: logger)
        let report = await doctor.report()
        await pool.close()
        return report
    }

    private static func report(_ checks: [DoctorCheck]) -> DoctorReport {
        DoctorReport(ok: checks.allSatisfy(\.ok), checks: checks)
    }
}
