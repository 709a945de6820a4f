import Dispatch

/// Runs an actor on a serial Dispatch queue, so that event handlers of that queue can enter the actor at once.
///
/// The queue runs on the threads that Swift's tasks run on, so that a statement's way from task to connection and back
/// wakes as few threads as can be. Nothing on it may block.
final class QueueExecutor: SerialExecutor {
    let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label, target: .global())
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
