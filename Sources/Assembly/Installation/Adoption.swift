import Contract
import Foundation
import Logging
import Postgres
import Relief
import TransparencyLog

/// `reliefd log adopt`: where what was signed here isn't what the database knows, as after an older backup, only the
/// operator can say that the log goes on from the database.
extension Installation {
    /// Says what was found; with `size`, the leaves that the database knows, it goes on from them. False where something is
    /// left to decide.
    package static func adoptLog(
        _ settings: Settings, size: Int?, said: (String) -> Void
    ) async throws -> Bool {
        let installation = try await open(settings, logger: Logs.begin(settings))
        do {
            let isDone = try await installation.adopt(size: size, said: said)
            await installation.close()
            return isDone
        } catch {
            await installation.close()
            throw error
        }
    }

    private func adopt(size: Int?, said: (String) -> Void) async throws -> Bool {
        let log = door.auditLog
        let finding = try await pool.withConnection { try await log.compare(in: $0) }
        let (signed, root) = (finding.signed?.size ?? 0, finding.signed?.root.base64 ?? "")
        said(
            "signed     \(finding.signed.map { "\($0.size) leaves, root \($0.root.base64)" } ?? "nothing that can be read")"
        )
        said("database   \(finding.knownSize) leaves")
        guard let fork = finding.fork else {
            said("They agree: there is nothing to adopt.")
            return true
        }
        said(fork.phrase.en)
        guard try await isFounded else {
            throw InstallationError(
                "The database is empty, and nothing can go on from it. A new installation takes a new data folder.")
        }
        if signed > finding.knownSize {
            said("Lost with it: leaves \(finding.knownSize + 1) to \(signed), which others may have seen.")
        }
        guard let size else {
            said("To go on from the database all the same: reliefd log adopt --size \(finding.knownSize)")
            return false
        }
        guard size == finding.knownSize else {
            throw InstallationError(
                "--size must be \(finding.knownSize), the leaves that the database knows, not \(size).")
        }
        let aside = directory.root.appending(path: "log-aside-\(UUID().uuidString.prefix(8))")
        _ = try await door.perform(AdoptLog(adopted: size, signed: signed, signedRoot: root), as: .system)
        try log.adopt(finding.known, movingAside: aside)
        try await Sealer(pool: pool, log: log, clock: clock).seal()
        said("The log goes on from \(size) leaves. What was published lies in \(aside.path): keep it.")
        return true
    }
}
