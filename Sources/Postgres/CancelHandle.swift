import CLibPQ
import Dispatch

/// The key with which a running statement can be stopped from outside its connection.
final class CancelHandle: Sendable {
    // No pointer is Sendable, nor can one that a call made of another be handed to a Mutex. Nothing changes what this one
    // points to until `deinit` frees it.
    private nonisolated(unsafe) let handle: OpaquePointer  // Safe: libpq allows PQcancel from any thread.
    private static let queue = DispatchQueue(label: "postgres.cancel", attributes: .concurrent)

    init?(_ connection: OpaquePointer) {
        guard let handle = PQgetCancel(connection) else { return nil }
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// Asks the server to stop; blocks until it has taken the request, so it runs on a queue of its own.
    func send(then done: @escaping @Sendable () -> Void) {
        Self.queue.async {
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(self.handle, &message, Int32(message.count))
            done()
        }
    }
}
