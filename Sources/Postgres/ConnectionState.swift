/// Whether a connection can still be spoken on, whose turn it is, and whether that turn is being cancelled.
///
/// Pure: it decides and returns what the connection has to do. libpq speaks one exchange at a time, so whoever wants
/// one asks for a turn; turns are granted in the order of asking.
struct ConnectionState {
    /// The number of one exchange, never used twice.
    typealias Turn = UInt64

    /// The answer to who asks for a turn.
    enum Grant: Equatable {
        case granted
        case queued
        case refused
    }

    /// What a task that gives up has to do with its turn.
    enum Withdrawal: Equatable {
        case nothing
        case leaveQueue
        case sendCancel
    }

    /// Why nothing can be said any more; nil while the connection lives.
    private(set) var loss: PostgresError?
    private(set) var holder: Turn?
    /// The holder's task gave up, so that a 57014 of the server is its doing and not a timeout's.
    private(set) var isCancelled = false
    /// A cancel request is on its way; no other statement may start before it has been answered.
    private(set) var cancelInFlight = false
    private var queue: [Turn] = []
    private var lastTurn: Turn = 0

    mutating func newTurn() -> Turn {
        lastTurn += 1
        return lastTurn
    }

    mutating func request(_ turn: Turn) -> Grant {
        if loss != nil { return .refused }
        guard holder == nil else {
            queue.append(turn)
            return .queued
        }
        hold(turn)
        return .granted
    }

    /// The turn is over; returns the next one, which is thereby granted.
    mutating func finish(_ turn: Turn) -> Turn? {
        guard holder == turn else { return nil }
        holder = nil
        guard loss == nil, !queue.isEmpty else { return nil }
        let next = queue.removeFirst()
        hold(next)
        return next
    }

    mutating func withdraw(_ turn: Turn) -> Withdrawal {
        if let position = queue.firstIndex(of: turn) {
            queue.remove(at: position)
            return .leaveQueue
        }
        guard holder == turn, loss == nil, !isCancelled else { return .nothing }
        isCancelled = true
        cancelInFlight = true
        return .sendCancel
    }

    /// True if the turn goes on in spite of its cancel request, which thereby is to be sent again.
    mutating func cancelAgain(_ turn: Turn) -> Bool {
        guard holder == turn, loss == nil, isCancelled, !cancelInFlight else { return false }
        cancelInFlight = true
        return true
    }

    mutating func cancelAnswered() {
        cancelInFlight = false
    }

    /// The connection is gone; returns the turns that wait in vain. The first reason stays.
    mutating func lose(_ error: PostgresError) -> [Turn] {
        guard loss == nil else { return [] }
        loss = error
        defer { queue = [] }
        return queue
    }

    /// The server's own words for the loss, found in an answer that was read after it.
    mutating func explainLoss(_ error: PostgresError) {
        if loss?.sqlState == nil { loss = error }
    }

    private mutating func hold(_ turn: Turn) {
        holder = turn
        isCancelled = false
    }
}
