import Contract
import CoreMetrics
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
            operations: Catalogue.operations.filter { door.handlers[$0.name] != nil },
            authenticate: { credentials in
                do {
                    return try await door.authenticate(credentials)
                } catch let error as PostgresError {
                    throw Self.refusal(error)
                }
            },
            authorise: { try await door.requirePermission(for: $0, $1) }, perform: perform)
    }

    private func perform(_ call: Doorway.Call) async throws -> any Encodable & Sendable {
        let start = ContinuousClock.now
        do {
            guard let handler = door.handlers[call.name] else {
                throw Refusal.notFound("reliefd can't do “\(call.name)” yet.")
            }
            let reply = try await handler.perform(
                call.operation, principal: call.principal, key: call.key, dryRun: call.dryRun, door: door)
            if call.operation is AdvanceClock, !call.dryRun { await demonstration?.goOn() }
            measure(call, "done", since: start)
            return reply
        } catch let error as PostgresError where error.isAbsence {
            measure(call, Refusal.Code.unavailable.rawValue, since: start)
            throw Self.refusal(error)
        } catch {
            measure(call, (error as? Refusal)?.code.rawValue ?? "failed", since: start)
            throw error
        }
    }

    /// A database that is away for a while is no defect of ours.
    private static func refusal(_ error: PostgresError) -> any Error {
        error.isAbsence
            ? Refusal.unavailable("The database doesn't answer just now: ask again, with the same key.") : error
    }

    private func measure(_ call: Doorway.Call, _ outcome: String, since start: ContinuousClock.Instant) {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        let labels = [("operation", call.name), ("outcome", outcome)]
        Counter(label: "relief_operations_total", dimensions: labels).increment()
        CoreMetrics.Timer(label: "relief_operation_seconds", dimensions: [("operation", call.name)])
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
