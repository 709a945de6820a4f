import Contract
import Logging
import Postgres

extension CommandContext {
    /// Carries out one item of a standing work. What fails of it alone is taken back and told to the operator, and holds up
    /// none of the others; false says so. Throws what ends the transaction.
    func item(_ name: String, _ body: () async throws -> Void) async throws -> Bool {
        do {
            try await attempt(body)
            return true
        } catch  where !error.endsTransaction {
            Logger(label: "relief.work").error("\(name) failed and is passed over: \(error)")
            return false
        }
    }
}

extension Error {
    /// Whether it concerns the whole transaction, whatever it was about: a conflict, the connection, the end of the task.
    var endsTransaction: Bool {
        if self is CancellationError { return true }
        guard let error = self as? PostgresError else { return false }
        return error.isTransient || ![.server, .decoding, .noRow].contains(error.code)
    }
}
