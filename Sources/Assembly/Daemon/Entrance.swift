import Contract
import CoreMetrics
import FoundationEssentials
import Jobs
import Logging
import Postgres
import Relief
import Web
import WorkingDays

/// What comes in from outside: each operation is measured, and after a jump of a demonstration's clock the work that fell
/// due is waited for.
struct Entrance: Sendable {
    let door: Door
    let demonstration: Demonstration?

    var doorway: Doorway {
        Doorway(
            operations: door.handlers.values.map(\.operation),
            authenticate: { credentials in
                do {
                    return try await door.authenticate(credentials)
                } catch let error as PostgresError {
                    throw Self.refusal(error)
                }
            },
            authorise: { try await door.requirePermission(for: $0, $1) }, respond: respond)
    }

    private func respond(to request: OperationRequest, as principal: Principal) async throws -> Data {
        let (start, name) = (ContinuousClock.now, request.operation.name)
        do {
            let reply = try await door.respond(to: request, as: principal)
            if request.operation is AdvanceClock.Type, !request.dryRun { await demonstration?.goOn() }
            measure(name, "done", since: start)
            return reply
        } catch let error as PostgresError where error.isAbsence {
            measure(name, Refusal.Code.unavailable.rawValue, since: start)
            throw Self.refusal(error)
        } catch {
            measure(name, (error as? Refusal)?.code.rawValue ?? "failed", since: start)
            throw error
        }
    }

    /// A database that is away for a while is no defect of ours.
    private static func refusal(_ error: PostgresError) -> any Error {
        error.isAbsence
            ? Refusal.unavailable(
                Phrase(
                    "The database doesn't answer just now: ask again, with the same key.",
                    "数据库暂无应答：请用同一幂等键再试。")) : error
    }

    private func measure(_ operation: String, _ outcome: String, since start: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        let labels = [("operation", operation), ("outcome", outcome)]
        Counter(label: "relief_operations_total", dimensions: labels).increment()
        CoreMetrics.Timer(label: "relief_operation_seconds", dimensions: [("operation", operation)])
            .recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

extension PostgresError {
    /// The server can't be reached, stops, starts, or recovers: nothing was committed.
    fileprivate var isAbsence: Bool {
        switch code {
        case .connectionLost, .connectFailed, .poolTimeout, .poolClosed: true
        case .server: sqlState?.hasPrefix("57P") == true
        default: false
        }
    }
}
