import Testing

@testable import Postgres

/// The decisions of a connection and of a pool, without a server and without a clock.
struct StateTests {
    @Test func `turns are granted one at a time and in order`() {
        var state = ConnectionState()
        let (first, second, third) = (state.newTurn(), state.newTurn(), state.newTurn())
        #expect(state.request(first) == .granted)
        #expect(state.request(second) == .queued)
        #expect(state.request(third) == .queued)
        #expect(state.finish(second) == nil)
        #expect(state.finish(first) == second)
        #expect(state.finish(second) == third)
        #expect(state.finish(third) == nil)
        #expect(state.holder == nil)
    }

    @Test func `who gives up in the queue leaves it, who holds the turn is stopped once`() {
        var state = ConnectionState()
        let (first, second) = (state.newTurn(), state.newTurn())
        _ = (state.request(first), state.request(second))
        #expect(state.withdraw(second) == .leaveQueue)
        #expect(state.withdraw(second) == .nothing)
        #expect(state.withdraw(first) == .sendCancel)
        #expect(state.withdraw(first) == .nothing)
        #expect(state.cancelInFlight)
        #expect(state.cancelAgain(first) == false)
        state.cancelAnswered()
        #expect(state.cancelAgain(first) == true)
        state.cancelAnswered()
        #expect(state.finish(first) == nil)
        #expect(state.cancelAgain(first) == false)
        let third = state.newTurn()
        #expect(state.request(third) == .granted)
        #expect(!state.isCancelled)
        #expect(state.withdraw(first) == .nothing)
    }

    @Test func `a loss fails who waits and refuses who comes`() {
        var state = ConnectionState()
        let (first, second, third) = (state.newTurn(), state.newTurn(), state.newTurn())
        _ = (state.request(first), state.request(second))
        #expect(state.lose(PostgresError(.connectionLost, "gone")) == [second])
        #expect(state.lose(PostgresError(.connectionLost, "again")) == [])
        #expect(state.loss?.message == "gone")
        #expect(state.request(third) == .refused)
        #expect(state.withdraw(first) == .nothing)
        #expect(state.finish(first) == nil)
    }

    @Test func `the statement unused for longest is given up`() {
        var cache = StatementCache(capacity: 2)
        let keys = (0..<3).map { StatementCache.Key("SELECT \(unescaped: String($0))") }
        cache.insert(keys[0], name: cache.newName())
        cache.insert(keys[1], name: cache.newName())
        #expect(cache.name(of: keys[0]) == "s1")
        #expect(cache.surplus(incoming: 1, keeping: []) == [keys[1]])
        #expect(cache.surplus(incoming: 1, keeping: [keys[1]]) == [keys[0]])
        cache.remove(keys[1])
        #expect(cache.surplus(incoming: 1, keeping: []) == [])
        #expect(cache.newName() == "s3")
        #expect(StatementCache.Key("SELECT \(1)") != StatementCache.Key("SELECT \("1")"))
    }

    private let start = ContinuousClock.now

    @Test func `a pool opens as many as are wanted, up to its size`() {
        var pool = PoolState(size: 2, waitLimit: .seconds(1))
        #expect(pool.request(pool.newWaiter(), now: start) == .wait(open: 1))
        #expect(pool.request(pool.newWaiter(), now: start) == .wait(open: 2))
        #expect(pool.request(pool.newWaiter(), now: start) == .wait(open: nil))
        #expect(pool.free(2) == .lend(2, to: 1))
        #expect(pool.free(1) == .lend(1, to: 2))
        #expect(pool.free(2) == .lend(2, to: 3))
        #expect(pool.free(2) == .keep)
        #expect(pool.free(1) == .keep)
        #expect(pool.request(pool.newWaiter(), now: start) == .lend(1))
        #expect(pool.total == 2)
    }

    @Test func `patience ends in the order of coming`() {
        var pool = PoolState(size: 1, waitLimit: .seconds(10))
        for second in 0..<4 { _ = pool.request(pool.newWaiter(), now: start + .seconds(second)) }
        #expect(pool.nextDeadline == start + .seconds(10))
        #expect(pool.leave(2) == true)
        #expect(pool.leave(2) == false)
        #expect(pool.expire(now: start + .seconds(12)) == [1, 3])
        #expect(pool.free(1) == .lend(1, to: 4))
        #expect(pool.expire(now: start + .seconds(60)) == [])
    }

    @Test func `a lost connection is replaced if somebody waits`() {
        var pool = PoolState(size: 1, waitLimit: .seconds(1))
        _ = pool.request(pool.newWaiter(), now: start)
        #expect(pool.free(1) == .lend(1, to: 1))
        _ = pool.request(pool.newWaiter(), now: start)
        #expect(pool.drop(1) == .init(open: 2, fail: nil))
        _ = pool.request(pool.newWaiter(), now: start)
        #expect(pool.openFailed(2) == .init(open: 3, fail: 2))
        #expect(pool.openFailed(3) == .init(open: nil, fail: 3))
        #expect(pool.total == 0)
    }

    @Test func `a closed pool refuses, and closes what comes back`() {
        var pool = PoolState(size: 3, waitLimit: .seconds(1))
        for _ in 0..<3 { _ = pool.request(pool.newWaiter(), now: start) }
        _ = (pool.free(1), pool.free(2), pool.free(1))
        let closing = pool.close()
        #expect(closing.refuse == [])
        #expect(closing.close == [])
        #expect(pool.free(2) == .close)
        #expect(pool.request(pool.newWaiter(), now: start) == .refuse)
        #expect(pool.openFailed(3) == .init(open: nil, fail: nil))
    }

    @Test(arguments: 0..<20) func `whatever happens, no connection is lent twice and none is forgotten`(seed: UInt64) {
        var random = SplitMix(state: seed)
        var pool = PoolState(size: Int.random(in: 1...4, using: &random), waitLimit: .seconds(5))
        var lent: Set<Int> = []
        var opening: [Int] = []
        func lend(_ connection: Int) { #expect(lent.insert(connection).inserted) }
        func release(_ connection: Int) {
            if case .lend(let id, _) = pool.free(connection) { lend(id) }
        }
        func replace(_ replacement: PoolState.Replacement) {
            if let new = replacement.open { opening.append(new) }
        }
        for step in 0..<2000 {
            switch Int.random(in: 0..<7, using: &random) {
            case 0, 1, 2:
                switch pool.request(pool.newWaiter(), now: start + .seconds(step)) {
                case .lend(let id): lend(id)
                case .wait(let new): if let new { opening.append(new) }
                case .refuse: Issue.record("refused")
                }
            case 3: if let id = lent.sorted().randomElement(using: &random) { lent.remove(id); release(id) }
            case 4: if let id = lent.sorted().randomElement(using: &random) { lent.remove(id); replace(pool.drop(id)) }
            case 5: if let id = opening.popLast() { replace(pool.openFailed(id)) }
            default: if let id = opening.popLast() { release(id) }
            }
            if step % 7 == 0 { _ = pool.expire(now: start + .seconds(step)) }
            #expect(pool.used == lent)
            #expect(pool.opening == Set(opening))
            #expect(pool.total <= pool.size)
            #expect(pool.waiters.isEmpty || pool.idle.isEmpty)
            #expect(pool.waiters.isEmpty || pool.total > 0, "who waits is served some day")
        }
    }
}

/// A small generator whose seed is the test's argument.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
