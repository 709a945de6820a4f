/// How much an engine takes on, and how patient it is.
public struct EngineSettings: Sendable {
    /// The queues it serves and how many jobs of each it runs at once.
    public var queues: [String: Int]
    /// The limit for queues that a registered kind names and `queues` doesn't; 0 leaves them to other engines.
    public var otherQueues: Int
    /// Jobs that run at once over all queues. Each holds a connection of the pool, and three more serve completions: keep it
    /// so much below the pool's size.
    public var maxRunning: Int
    /// Rows taken by one claim at most.
    public var claimBatch: Int
    /// An engine that didn't renew its lease for so long is taken for dead. Renewed three times as often.
    public var lease: Duration
    /// The longest time without a look at the database, whatever notification was lost.
    public var fallbackTick: Duration
    /// How long running jobs may go on after SIGTERM, and how long a timed-out job may take to notice it.
    public var grace: Duration
    /// How many months the history is kept, after the one that goes on; nil: for ever. With it go the records of schedules'
    /// firings. Dead letters are kept until a person has seen to them.
    public var keepHistory: Int?
    public var host: String
    /// How long transactions may take that commit as a group. A test that is about groups alone waives it.
    package var groupPace = GroupPace()

    public init(
        queues: [String: Int] = ["default": 4], otherQueues: Int = 2, maxRunning: Int = 6, claimBatch: Int = 100,
        lease: Duration = .seconds(30), fallbackTick: Duration = .seconds(30), grace: Duration = .seconds(20),
        keepHistory: Int? = 24, host: String = "localhost"
    ) {
        self.queues = queues
        self.otherQueues = otherQueues
        self.maxRunning = maxRunning
        self.claimBatch = claimBatch
        self.lease = lease
        self.fallbackTick = fallbackTick
        self.grace = grace
        self.keepHistory = keepHistory
        self.host = host
    }
}

/// How long the transactions of a group may take: those behind a slow one wait for it.
package struct GroupPace: Sendable {
    /// A statement of theirs; one that takes longer is undone and goes on by itself.
    package var statement = Duration.milliseconds(50)
    /// Each of them where they are many: beyond that, workers are faster, side by side. Of a few it is the disk.
    package var each = Duration.milliseconds(5)

    package init() {}
    /// However slow the machine.
    package static var unhurried: GroupPace {
        var pace = GroupPace()
        pace.statement = .seconds(600)
        pace.each = .seconds(600)
        return pace
    }
}
