import FoundationEssentials

/// What an engine has in hand, and where it has to look. A plain value: it does nothing by itself.
struct Work {
    var queues: [String: QueueState] = [:]
    var running: [JobID: Running] = [:]
    /// Ends of claims that are still to be written: failures, mostly, and all of them while the server is away.
    var unsettled: [(claim: Claim, settlement: Settlement)] = []
    /// Scheduled jobs may have become known that are due before `nextDue`.
    var lookForDue = true
    var nextDue: Date?
    var lookAtLanes = true
    var beatNow = false
    var nextBeat = Date.distantPast
    var nextTick = Date.distantPast
    /// When each schedule has to be looked at.
    var schedules: [String: Date] = [:]

    /// A job of this engine that runs.
    struct Running {
        let claim: Claim
        /// When its time is over, by the lease clock.
        var deadline: Date?
        var task: Task<Void, Never>?
        var cancelReason: String?
        var timedOut = false
    }

    var isSettled: Bool { running.isEmpty && unsettled.isEmpty }

    func room(in queue: String, settings: EngineSettings) -> Int {
        guard let state = queues[queue] else { return 0 }
        return min(state.limit - state.running, settings.maxRunning - running.count, settings.claimBatch)
    }

    mutating func lookEverywhere() {
        for queue in queues.keys { queues[queue]?.look = true }
        lookForDue = true
        lookAtLanes = true
        beatNow = true
    }

    /// Takes in what a notification says: `ready QUEUE`, `laned`, `due`, `beat`, `schedules`; anything else means everything.
    mutating func hear(_ payload: String) {
        let words = payload.split(separator: " ", maxSplits: 1).map(String.init)
        switch words.first {
        case "ready" where words.count == 2: queues[words[1]]?.look = true
        case "laned": lookAtLanes = true
        case "due": lookForDue = true
        case "beat": beatNow = true
        case "schedules": nextTick = .distantPast
        default: lookEverywhere()
        }
    }

    mutating func begin(_ claim: Claim, deadline: Date?) {
        running[claim.id] = Running(claim: claim, deadline: deadline)
        queues[claim.queue]?.running += 1
    }

    /// The run of this claim, unless the engine has let go of it before.
    mutating func end(_ claim: Claim) -> Running? {
        guard let found = running[claim.id], found.claim.token == claim.token else { return nil }
        running[claim.id] = nil
        queues[claim.queue]?.running -= 1
        if claim.lane != nil { lookAtLanes = true }
        return found
    }
}

/// A queue as one engine sees it.
struct QueueState {
    let limit: Int
    var running = 0
    /// Whether there may be something to claim.
    var look = true
    var cursor = Claim.Cursor()

    init(limit: Int) {
        self.limit = limit
    }
}
