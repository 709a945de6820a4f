import FoundationEssentials
import Postgres
import Synchronization

/// The claimed jobs of one queue: those that wait for a worker, those that run, and the ends that the engine hasn't taken
/// in yet. The engine fills it; workers serve themselves, one job at a time, so that no job waits behind a slow one while
/// another worker is free.
final class Desk: Sendable {
    /// A job that runs.
    struct Run: Sendable {
        let claim: Claim
        /// Its handler was done before; this, which was undone once for taking long, is all that is left to do.
        var unsent: UnsentTransaction?
        let begunAt: Date
        /// When its time is over, by the lease clock.
        var deadline: Date?
        var cancelReason: String?
        var timedOut = false
    }

    /// How a run ended; `run` is nil where the engine had let go of it before.
    struct End: Sendable {
        let claim: Claim
        let run: Run?
        let ending: Runner.Ending
        let seconds: Double
    }

    private struct Worker {
        let task: Task<Void, Never>
        var run: Run?
        /// When that began.
        var since = ContinuousClock.now
        /// Its task is being cancelled: that must not meet the job after this one.
        var isLeaving = false

        mutating func begin(_ run: Run, at now: ContinuousClock.Instant) {
            self.run = run
            since = now
        }
    }

    private struct State {
        /// The next one is last.
        var waiting: [Claim] = []
        /// What is left to do of those who wait a second time.
        var unsent: [JobID: UnsentTransaction] = [:]
        var workers: [Int: Worker] = [:]
        var hired = 0
        var isToDismiss = false
        var ends: [End] = []
    }

    private let state = Mutex(State())
    private let ring: @Sendable () -> Void

    /// `ring` is called when something ended, and when a worker left.
    init(ring: @escaping @Sendable () -> Void) {
        self.ring = ring
    }

    /// Jobs that wait, workers, and those of them who are on their way to their first job.
    var counts: (waiting: Int, workers: Int, coming: Int) {
        state.withLock { state in
            (state.waiting.count, state.workers.count, state.workers.values.count { $0.run == nil })
        }
    }

    /// Workers who have been at one job for longer than such a time.
    func stuck(longerThan time: Duration) -> Int {
        let limit = ContinuousClock.now - time
        return state.withLock { $0.workers.values.count { $0.run != nil && $0.since < limit } }
    }

    var isEmpty: Bool { state.withLock { $0.waiting.isEmpty && $0.workers.isEmpty && $0.ends.isEmpty } }

    /// How many jobs wait or run here, or have yet to commit.
    var atHand: Int {
        state.withLock { state in
            state.waiting.count + state.workers.values.count { $0.run != nil }
                + state.ends.count(where: \.ending.isUnsent)
        }
    }

    /// The jobs here: waiting, running, or ended and not taken in yet.
    var held: [JobID] {
        state.withLock { state in
            state.waiting.map(\.id) + state.workers.values.compactMap { $0.run?.claim.id } + state.ends.map(\.claim.id)
        }
    }

    /// Puts claims behind those that wait.
    func put(_ claims: [Claim]) {
        state.withLock { $0.waiting.insert(contentsOf: claims.reversed(), at: 0) }
    }

    /// Puts a claim before all others of which only this is left to do.
    func putFirst(_ claim: Claim, committing unsent: UnsentTransaction) {
        state.withLock { state in
            state.waiting.append(claim)
            state.unsent[claim.id] = unsent
        }
    }

    /// Takes back what no worker has begun.
    func takeBack() -> [Claim] {
        state.withLock { state in
            defer { (state.waiting, state.unsent) = ([], [:]) }
            return state.waiting.reversed()
        }
    }

    /// Takes back what no worker has begun or was done with but for its commit.
    func takeBackNew() -> [Claim] {
        state.withLock { state in
            let back = state.waiting.filter { state.unsent[$0.id] == nil }
            state.waiting.removeAll { state.unsent[$0.id] == nil }
            return back.reversed()
        }
    }

    /// Takes a job back unless a worker has begun it.
    func takeBack(_ id: JobID) -> Claim? {
        state.withLock { state in
            guard let position = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            state.unsent[id] = nil
            return state.waiting.remove(at: position)
        }
    }

    func takeEnds() -> [End] {
        state.withLock { state in
            defer { state.ends = [] }
            return state.ends
        }
    }

    // MARK: Workers

    /// One more worker, who stays as long as jobs wait. `run` runs a job; `begin` gives its facts.
    func hire(
        begin: @escaping @Sendable (Claim) -> Run, run: @escaping @Sendable (Run) async -> Runner.Ending
    ) {
        state.withLock { state in
            state.hired += 1
            let number = state.hired
            // Made under the lock, so that whoever finds the run finds the task that can be cancelled.
            let task = Task {
                var end: Finish?
                while let (next, begun) = next(for: number, after: end, begin: begin) {
                    end = (next.claim, begun, await run(next))
                }
            }
            state.workers[number] = Worker(task: task)
        }
    }

    /// The worker with the next job to finish leaves after it.
    func dismissOne() { state.withLock { $0.isToDismiss = true } }

    private typealias Finish = (claim: Claim, begun: ContinuousClock.Instant, ending: Runner.Ending)

    private func next(
        for worker: Int, after end: Finish?, begin: (Claim) -> Run
    ) -> (run: Run, begun: ContinuousClock.Instant)? {
        let now = ContinuousClock.now
        let (next, isNews) = state.withLock { state -> (Run?, Bool) in
            let isFirst = end != nil && state.ends.isEmpty
            if let end {
                let run = state.workers[worker]?.run
                let seconds = (now - end.begun).inSeconds
                state.ends.append(End(claim: end.claim, run: run, ending: end.ending, seconds: seconds))
            }
            // Who isn't known any more was let go; who is being cancelled would hand that on to the next job.
            guard state.workers[worker]?.isLeaving == false, !Task.isCancelled, !state.isToDismiss,
                let claim = state.waiting.popLast()
            else {
                if state.workers.removeValue(forKey: worker) != nil { state.isToDismiss = false }
                return (nil, true)
            }
            var run = begin(claim)
            if !state.unsent.isEmpty { run.unsent = state.unsent.removeValue(forKey: claim.id) }
            state.workers[worker]?.begin(run, at: now)
            return (run, isFirst)
        }
        if isNews { ring() }
        return next.map { ($0, now) }
    }

    // MARK: What runs

    var runs: [Run] { state.withLock { $0.workers.values.compactMap(\.run) } }

    var nextDeadline: Date? { state.withLock { $0.workers.values.compactMap { $0.run?.deadline }.min() } }

    /// Cancels a run for a reason; it ends when its handler notices.
    func cancel(_ id: JobID, reason: String) {
        change(id) { $0.cancelReason = reason }
    }

    /// Cancels a run whose time is over, and gives it until `deadline` to notice.
    func timeOut(_ id: JobID, until deadline: Date) {
        change(id) { run in
            run.timedOut = true
            run.deadline = deadline
        }
    }

    private func change(_ id: JobID, _ body: (inout Run) -> Void) {
        let task = state.withLock { state -> Task<Void, Never>? in
            guard let worker = state.workers.first(where: { $0.value.run?.claim.id == id })?.key,
                var run = state.workers[worker]?.run
            else { return nil }
            body(&run)
            state.workers[worker]?.run = run
            state.workers[worker]?.isLeaving = true
            return state.workers[worker]?.task
        }
        task?.cancel()
    }

    func cancelAll() {
        for task in state.withLock({ $0.workers.values.map(\.task) }) { task.cancel() }
    }

    /// Forgets the worker that runs a job, whatever it still does. False where the run has just ended.
    func letGo(_ id: JobID) -> Bool {
        state.withLock { state in
            guard let worker = state.workers.first(where: { $0.value.run?.claim.id == id })?.key else { return false }
            state.workers[worker] = nil
            return true
        }
    }

    /// Cancels everything and forgets it, ends that weren't taken included.
    func abandon() {
        let tasks = state.withLock { state in
            defer { state = State(hired: state.hired) }
            return state.workers.values.map(\.task)
        }
        for task in tasks { task.cancel() }
    }
}
