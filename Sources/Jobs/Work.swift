import FoundationEssentials

/// What an engine has in hand, and where it has to look. A plain value: it does nothing by itself.
struct Work {
    var queues: [String: QueueState] = [:]
    /// Outside jobs that are done, until that is written.
    var finished: [Claim] = []
    /// Of those, what is being written now.
    var finishing: [Claim] = []
    /// Jobs that are done and whose transactions are still to be committed; and those of them on their way, by group.
    var unsent: [Unsent] = []
    var committing: [Int: Group] = [:]
    var groupsSent = 0
    /// Ticks that have still to look for jobs of a claim whose answer was lost.
    var unheardClaims = 0
    /// Other ends that are still to be written: failures, mostly.
    var unsettled: [(claim: Claim, settlement: Settlement)] = []
    /// The one job at hand that was with an engine when it stopped.
    var suspect: JobID?
    var lookForSuspects = true
    /// Scheduled jobs may have become known that are due before `nextDue`.
    var lookForDue = true
    var nextDue: Date?
    /// When to look again for those that were due and didn't move, and how often they didn't.
    var nextAdvance = ContinuousClock.now
    var vainAdvances = 0
    var lookAtLanes = true
    /// Queues may have been limited, or freed.
    var lookAtLimits = true
    var beatNow = false
    var nextBeat = Date.distantPast
    var nextTick = Date.distantPast
    /// The day for which the tables were tidied, counted from 1970 in UTC.
    var tidiedDay: Int?
    /// When each schedule has to be looked at; and those that are being fired.
    var schedules: [String: Date] = [:]
    var firing: Set<String> = []

    var isSettled: Bool {
        finished.isEmpty && finishing.isEmpty && unsent.isEmpty && committing.isEmpty && unsettled.isEmpty
            && firing.isEmpty && queues.values.allSatisfy(\.desk.isEmpty)
    }

    /// Nothing is at hand, and nothing is known that could be claimed.
    var isIdle: Bool {
        isSettled && !lookForSuspects && !lookForDue && vainAdvances == 0 && nextTick > .distantPast
            && !queues.values.contains(where: \.look)
    }

    var workers: Int { queues.values.reduce(0) { $0 + $1.desk.counts.workers } }

    /// How many jobs of a queue wait or run here, or have yet to commit.
    func atHand(in queue: QueueState) -> Int { queue.desk.atHand + uncommitted(in: queue) }

    private func uncommitted(in queue: QueueState) -> Int {
        unsent.count { $0.claim.queue == queue.name }
            + committing.values.reduce(0) { $0 + $1.members.count { $0.claim.queue == queue.name } }
    }

    /// Jobs of a queue that are done, until that is written.
    private func beingWritten(in queue: QueueState) -> Int {
        finished.count { $0.queue == queue.name } + finishing.count { $0.queue == queue.name } + uncommitted(in: queue)
    }

    /// Workers that a queue may have now: its own limit, within what the other queues leave of the engine's.
    func capacity(of queue: QueueState, settings: EngineSettings) -> Int {
        min(queue.limit, queue.desk.counts.workers + max(settings.maxRunning - workers, 0))
    }

    /// How many jobs of a queue to claim: what its workers can begin within moments, all at once or not yet.
    func room(in queue: QueueState, settings: EngineSettings) -> Int {
        let (waiting, workers, _) = queue.desk.counts
        let capacity = capacity(of: queue, settings: settings)
        // What waits here counts as running: no other engine could start it.
        if queue.isLimited { return min(capacity - atHand(in: queue), settings.claimBatch) }
        let ahead = min(queue.pace.jobs(within: 0.1) * capacity, 8 * settings.claimBatch)
        let room = min(capacity + ahead - waiting - workers - beingWritten(in: queue), settings.claimBatch)
        // Small claims cost as much as large ones: they wait until they are worth it, or needed.
        return waiting > 0 && room < settings.claimBatch / 2 ? 0 : room
    }

    /// The queues to whose jobs no worker will come soon: no more may be hired, and all who could have been at one job for
    /// long.
    func stuck(settings: EngineSettings) -> [String] {
        queues.values.filter { queue in
            let isAtLimit = queue.desk.counts.workers >= queue.limit
            guard isAtLimit || workers >= settings.maxRunning else { return false }
            return (isAtLimit ? [queue] : Array(queues.values)).allSatisfy {
                $0.desk.stuck(longerThan: QueueState.stranding) == $0.desk.counts.workers
            }
        }.map(\.name)
    }

    /// The jobs at hand, from the claim to the end that is written.
    var held: [JobID] {
        let written = finished + finishing + (unsent + committing.values.flatMap(\.members)).map(\.claim)
        return queues.values.flatMap(\.desk.held) + (written + unsettled.map(\.claim)).map(\.id)
    }

    mutating func lookEverywhere() {
        for queue in queues.keys { queues[queue]?.look = true }
        lookForSuspects = true
        lookForDue = true
        lookAtLanes = true
        beatNow = true
    }

    /// Takes in what a notification says: `ready QUEUE`, `laned`, `due`, `beat`, `schedules`, `queues`; anything
    /// else means everything.
    mutating func hear(_ payload: String) {
        let words = payload.split(separator: " ", maxSplits: 1).map(String.init)
        switch words.first {
        case "ready" where words.count == 2:
            queues[words[1]]?.look = true
            // A suspect may have been refused, as any other.
            if queues[words[1]]?.isLimited == true { lookForSuspects = true }
        case "laned": lookAtLanes = true
        case "due": lookForDue = true
        case "beat": beatNow = true
        case "schedules": nextTick = .distantPast
        case "queues":
            lookEverywhere()
            lookAtLimits = true
        default: lookEverywhere()
        }
    }
}

/// A queue as one engine sees it.
struct QueueState {
    let name: String
    let limit: Int
    let desk: Desk
    /// Whether there may be something to claim.
    var look = true
    var cursor = Claim.Cursor()
    var pace = Pace()
    /// Claims in a row that found as many jobs as they asked for.
    var fullClaims = 0
    /// Whether the others were told that this engine needn't hear of new jobs.
    var isBusy = false
    /// At first, and after a busy time, looks again at ever longer intervals: whoever enqueued before didn't notify.
    var aftercare: Aftercare?
    /// Whether it is limited over all engines together; see Engine+Limits.
    var isLimited = false
    /// How many of its jobs the database says are at hand; nil: not known.
    var held: Int?
    /// Its rate allows no start before this, by the engine's clock.
    var notBefore: Date?

    init(name: String, limit: Int, desk: Desk) {
        self.name = name
        self.limit = limit
        self.desk = desk
    }
}
