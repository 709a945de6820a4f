import CLibPQ
import Logging
import Synchronization

/// Takes what the server says unasked: notices go to the log, the reason of a shutdown is kept for the error to come.
final class Notices: Sendable {
    private let logger: Logger
    private let lastFatal = Mutex<PostgresError?>(nil)
    private let warned = Atomic<Int>(0)

    init(logger: Logger) {
        self.logger = logger
    }

    /// Why the server ended the session, if it said so.
    var fatal: PostgresError? { lastFatal.withLock { $0 } }

    /// How often the server has warned.
    var warnings: Int { warned.load(ordering: .relaxed) }

    /// Makes libpq hand its notices to this object, which has to outlive the connection.
    func receive(from connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().take(result)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func take(_ result: OpaquePointer) {
        let notice = ResultSet.error(in: result)
        let severity = ResultSet.severity(in: result)
        if severity == "FATAL" || severity == "PANIC" {
            lastFatal.withLock { $0 = notice }
        }
        if severity == "WARNING" { warned.add(1, ordering: .relaxed) }
        let level: Logger.Level =
            switch severity {
            case "WARNING", "ERROR": .warning
            case "NOTICE", "INFO": .info
            default: .debug
            }
        logger.log(
            level: level, "PostgreSQL notice",
            metadata: ["postgres.severity": "\(severity)", "postgres.message": "\(notice.message)"])
    }
}
