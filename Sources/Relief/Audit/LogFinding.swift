import Contract
package import Postgres
package import TransparencyLog

/// What was signed, as the log's folder and the file beside the key have it, and what the database knows.
package struct LogFinding: Sendable {
    /// The largest checkpoint known to have been signed here; nil before the first.
    package let signed: Checkpoint?
    /// The largest checkpoint of the database; nil before the first.
    package let known: SignedNote?
    package let knownSize: Int
    /// Why the two don't agree; nil when they do.
    package let fork: LogFork?
}

extension AuditLog {
    /// Compares what was signed here with the database. An older or another database would sign a second history under
    /// the same key, and overwrite the evidence of the first.
    package func compare(in session: some Session) async throws -> LogFinding {
        let head = try await session.first("SELECT size, note FROM audit.checkpoint ORDER BY size DESC LIMIT 1")
        let note = try head.map { try SignedNote(parsing: try $0["note"] as String) }
        let size: Int = try head.map { try $0["size"] } ?? 0
        var signed: [Checkpoint] = []
        do {
            signed = try [signedCheckpoint(), keptMark()].compactMap(\.self)
        } catch {
            return LogFinding(signed: nil, known: note, knownSize: size, fork: .foreign)
        }
        let largest = signed.max { $0.size < $1.size }
        for checkpoint in signed {
            let isKnown = try await session.exists(
                "SELECT FROM audit.checkpoint WHERE size = \(checkpoint.size) AND root = \(checkpoint.root.bytes)")
            if !isKnown {
                return LogFinding(
                    signed: largest, known: note, knownSize: size, fork: .unknown(checkpoint.size, to: size))
            }
        }
        return LogFinding(signed: largest, known: note, knownSize: size, fork: nil)
    }
}

extension LogFork {
    fileprivate static let foreign = LogFork(
        phrase: Phrase(
            "The published checkpoint is not signed by this log's key: nothing is sealed until it is explained; see reliefd log adopt.",
            "已发布的日志检查点不是用本日志的密钥签署的，查明原因之前不再封存；参见 reliefd log adopt。"))

    fileprivate static func unknown(_ signed: Int, to known: Int) -> LogFork {
        LogFork(
            phrase: Phrase(
                "\(signed) leaves of the log were signed here, and the database, which knows of \(known), doesn't know them, as after an older backup: nothing is sealed. Connect the right database, or see reliefd log adopt.",
                "本机已签署过\(signed)条的日志，数据库只认得\(known)条，两者不符（例如恢复了较早的备份），因此不再封存。请连接正确的数据库，或参见 reliefd log adopt。"
            ))
    }
}
