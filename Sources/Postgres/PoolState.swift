/// Who has which connection of a pool, and who waits for one; pure, so that it can be tested without a server.
///
/// Connections are known by number. The longest waiting comes first; the connection used last is lent first, so that
/// those not needed stay cold.
struct PoolState {
    typealias ConnectionID = Int
    typealias WaiterID = Int

    /// The answer to who asks for a connection.
    enum Request: Equatable {
        case lend(ConnectionID)
        /// Wait; `open` names the connection to open meanwhile, if there is room for one.
        case wait(open: ConnectionID?)
        case refuse
    }

    /// What a connection that becomes free is good for.
    enum Release: Equatable {
        case lend(ConnectionID, to: WaiterID)
        case keep
        case close
    }

    /// What follows from a connection that is no more.
    struct Replacement: Equatable {
        var open: ConnectionID?
        /// The waiter that has to be told why.
        var fail: WaiterID?
    }

    let size: Int
    let waitLimit: Duration
    private(set) var idle: [ConnectionID] = []
    private(set) var used: Set<ConnectionID> = []
    private(set) var opening: Set<ConnectionID> = []
    private(set) var waiters: [(id: WaiterID, deadline: ContinuousClock.Instant)] = []
    private(set) var isClosed = false
    private var lastConnection = 0
    private var lastWaiter = 0

    init(size: Int, waitLimit: Duration) {
        self.size = size
        self.waitLimit = waitLimit
    }

    var total: Int { idle.count + used.count + opening.count }

    /// When the longest waiting loses patience.
    var nextDeadline: ContinuousClock.Instant? { waiters.first?.deadline }

    mutating func newWaiter() -> WaiterID {
        lastWaiter += 1
        return lastWaiter
    }

    mutating func request(_ waiter: WaiterID, now: ContinuousClock.Instant) -> Request {
        guard !isClosed else { return .refuse }
        if let connection = idle.popLast() {
            used.insert(connection)
            return .lend(connection)
        }
        waiters.append((waiter, now + waitLimit))
        return .wait(open: roomForOneMore())
    }

    /// A connection was opened, or came back in good order.
    mutating func free(_ connection: ConnectionID) -> Release {
        opening.remove(connection)
        used.remove(connection)
        guard !isClosed else { return .close }
        guard !waiters.isEmpty else {
            idle.append(connection)
            return .keep
        }
        used.insert(connection)
        return .lend(connection, to: waiters.removeFirst().id)
    }

    /// A connection came back unusable, or was lost while idle.
    mutating func drop(_ connection: ConnectionID) -> Replacement {
        used.remove(connection)
        opening.remove(connection)
        idle.removeAll { $0 == connection }
        return Replacement(open: roomForOneMore())
    }

    /// The server is silent: what waits for work is of no use. Returns what to close, and whom to open instead.
    mutating func dropIdle() -> (close: [ConnectionID], open: ConnectionID?) {
        let close = idle
        idle = []
        return (close, roomForOneMore())
    }

    /// A connection could not be opened: the longest waiting is told why, the others get another try.
    mutating func openFailed(_ connection: ConnectionID) -> Replacement {
        opening.remove(connection)
        let fail = waiters.isEmpty ? nil : waiters.removeFirst().id
        return Replacement(open: roomForOneMore(), fail: fail)
    }

    /// A waiter gives up; false if it was served already.
    mutating func leave(_ waiter: WaiterID) -> Bool {
        guard let position = waiters.firstIndex(where: { $0.id == waiter }) else { return false }
        waiters.remove(at: position)
        return true
    }

    /// The waiters whose time is over.
    mutating func expire(now: ContinuousClock.Instant) -> [WaiterID] {
        let expired = waiters.prefix { $0.deadline <= now }.map(\.id)
        waiters.removeFirst(expired.count)
        return expired
    }

    /// Nothing is lent any more; returns what to close and whom to refuse.
    mutating func close() -> (close: [ConnectionID], refuse: [WaiterID]) {
        isClosed = true
        defer {
            idle = []
            waiters = []
        }
        return (idle, waiters.map(\.id))
    }

    /// As many connections are being opened as there are waiters, within the size.
    private mutating func roomForOneMore() -> ConnectionID? {
        guard !isClosed, total < size, opening.count < waiters.count else { return nil }
        lastConnection += 1
        opening.insert(lastConnection)
        return lastConnection
    }
}
