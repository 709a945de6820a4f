import Contract
import Foundation
import Postgres
import Relief
import WorkingDays

extension Doctor {
    /// Whether all that was committed is sealed and published, and whether the database is the one whose log was signed here.
    func audit(_ connection: Connection) async throws -> DoctorCheck {
        if let problem = standing?.problem { return .bad("audit.log", problem.en) }
        let keys = try Keys(directory, auditOrigin: nil)
        let log = try AuditLog(
            directory: directory.log, origin: keys.auditOrigin, key: keys.auditKey, mark: directory.auditMark)
        let finding = try await log.compare(in: connection)
        if let fork = finding.fork { return .bad("audit.log", fork.phrase.en) }
        let late: Int = try await connection.value(
            "SELECT count(*) FROM audit.event WHERE leaf_index IS NULL AND at < \(clock.now().addingTimeInterval(-60))")
        guard late == 0 else {
            return .bad("audit.log", "\(late) commands wait for more than a minute to be sealed; look at reliefd's log")
        }
        guard finding.knownSize > 0 else { return .good("audit.log", "empty") }
        // The file may be one checkpoint behind for a moment, between commit and rename.
        guard try log.checkpoint() != nil else {
            return .bad(
                "audit.log", "\(directory.log.path) has no checkpoint; a start of reliefd makes it again")
        }
        return .good("audit.log", "\(finding.knownSize) leaves sealed")
    }
}
