import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Synchronization
import Testing
import WorkingDays

/// Jobs that wait for other jobs.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct DependencyTests {
    @Test func `the links of a chain run one after the other, and say what they wait for`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let engine = rig.start(
            rig.registry { note, _ in
                if note.text == "check" { await gate.pass(note.text) }
                return .done
            })
        let ids = try await rig.pool.transaction { transaction in
            try await Jobs.chain(
                [Note(text: "check"), Note(text: "approve"), Note(text: "pay")], Enqueue(subject: "run/7"),
                in: transaction,
                now: rig.clock.now())
        }
        #expect(await gate.arrived() == "check")
        #expect(try await rig.explain(ids[1]) == .waitsFor([ids[0]]))
        #expect(try await rig.show(ids[2]).state == .blocked)
        #expect(try await rig.show(ids[2]).subject == "run/7")
        gate.open()
        await engine.until(.done(ids[2]))
        #expect(try await rig.effects() == ["check", "approve", "pay"])
        try await engine.stop()
    }

    @Test func `fan out and in again, in one transaction`() async throws {
        let rig = try await Rig.onTestDatabase()
        for _ in 0..<2 { rig.start(rig.registry()) }
        try await rig.pool.transaction { transaction in
            let now = rig.clock.now()
            let split = try await Jobs.enqueue(Note(text: "split"), in: transaction, now: now)
            var parts: [JobID] = []
            for part in 1...5 {
                parts.append(
                    try await Jobs.enqueue(
                        Note(text: "part \(part)"), Enqueue(after: [split]), in: transaction, now: now))
            }
            try await Jobs.enqueue(Note(text: "sum"), Enqueue(after: parts), in: transaction, now: now)
        }
        try await rig.harness.untilIdle()
        let effects = try await rig.effects()
        #expect(effects.first == "split")
        #expect(effects.last == "sum")
        #expect(effects.count == 7)
        try await rig.harness.stop()
    }

    @Test func `what is done already is not waited for, what never was is refused`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry())
        let first = try await rig.enqueue("first")
        await engine.until(.done(first))
        let second = try await rig.enqueue("second", Enqueue(after: [first, first]))
        await engine.until(.done(second))
        let error = await #expect(throws: PostgresError.self) {
            try await rig.enqueue("third", Enqueue(after: [second, JobID(rawValue: 987_654)]))
        }
        #expect(error?.constraint == "dependency_waits_for")
        #expect(error?.message.contains("987654") == true)
        #expect(try await rig.count("SELECT count(*) FROM jobs.every") == 2)
        try await engine.stop()
    }

    @Test func `a follower waits while its predecessor is dead, and runs after the retry`() async throws {
        let rig = try await Rig.onTestDatabase()
        let isOpen = Mutex(false)
        let engine = rig.start(
            rig.registry { note, _ in
                if note.text == "first", !isOpen.withLock(\.self) { throw Discard("the account is closed") }
                return .done
            })
        let first = try await rig.enqueue("first")
        let early = try await rig.enqueue("early", Enqueue(after: [first]))
        await engine.until(.died(first))
        // One that begins to wait for a dead job is released as one that waited before.
        let late = try await rig.enqueue("late", Enqueue(after: [first]))
        #expect(try await rig.explain(early) == .waitsFor([first]))
        #expect(try await rig.explain(late) == .waitsFor([first]))
        isOpen.withLock { $0 = true }
        let retried = try await rig.pool.transaction {
            try await JobsOverview.retry(first, in: $0, now: rig.clock.now())
        }
        #expect(retried)
        await engine.untilAll([.done(first), .done(early), .done(late)])
        try await engine.stop()
    }

    @Test func `followers of a cancelled or dismissed job are cancelled with all of theirs`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(
            rig.registry { note, _ in
                switch note.text {
                case "dead": throw Discard("no")
                case "withdrawn": return .cancel(reason: "withdrawn by the family")
                default: return .done
                }
            })
        let later = rig.clock.now().addingTimeInterval(600)
        let waiting = try await rig.enqueue("waiting", Enqueue(runAt: later))
        let dead = try await rig.enqueue("dead")
        let withdrawn = try await rig.enqueue("withdrawn", Enqueue(runAt: rig.clock.now().addingTimeInterval(5)))
        var followers: [JobID] = []
        for first in [waiting, dead, withdrawn] {
            let next = try await rig.enqueue("next", Enqueue(after: [first]))
            followers += [next, try await rig.enqueue("last", Enqueue(after: [next]))]
        }
        let both = try await rig.enqueue("both", Enqueue(after: [followers[1], followers[3], followers[5]]))
        await engine.until(.died(dead))
        try await rig.pool.transaction { transaction in
            let (now, reason) = (rig.clock.now(), "enough")
            _ = try await JobsOverview.cancel(waiting, reason: reason, in: transaction, now: now)
            _ = try await JobsOverview.dismiss(dead, reason: reason, in: transaction, now: now)
        }
        try await rig.harness.advance(by: .seconds(5))
        for id in followers + [both] { #expect(try await rig.show(id).state == .cancelled) }
        #expect(try await rig.show(followers[0]).reason == "Job \(waiting), for which it waited, was cancelled.")
        #expect(try await rig.count("SELECT count(*) FROM jobs.dependency") == 0)
        // Whoever comes to wait for it afterwards fares no better for having come late.
        let late = try await rig.enqueue("late", Enqueue(after: [followers[5]]))
        #expect(try await rig.show(late).state == .cancelled)
        #expect(try await rig.effects() == ["withdrawn"])
        try await engine.stop()
    }

    @Test func `a follower that is cancelled waits no more, and its predecessor goes on`() async throws {
        let rig = try await Rig.onTestDatabase()
        let first = try await rig.enqueue("first")
        let follower = try await rig.enqueue("follower", Enqueue(after: [first]))
        let cancelled = try await rig.pool.transaction {
            try await JobsOverview.cancel(follower, reason: "enough", in: $0, now: rig.clock.now())
        }
        #expect(cancelled)
        rig.start(rig.registry())
        try await rig.harness.untilIdle()
        #expect(try await rig.effects() == ["first"])
        try await rig.harness.stop()
    }

    @Test func `a released follower still keeps its time, its lane and its key`() async throws {
        let rig = try await Rig.onTestDatabase()
        let later = rig.clock.now().addingTimeInterval(60)
        rig.start(rig.registry())
        let first = try await rig.enqueue("first")
        let follower = try await rig.enqueue(
            "follower", Enqueue(runAt: later, lane: "fund", uniqueKey: "follower", after: [first]))
        #expect(try await rig.enqueue("again", Enqueue(uniqueKey: "follower")) == follower)
        let replaced = Enqueue(runAt: later, uniqueKey: "follower", onConflict: .replace)
        #expect(try await rig.enqueue("replaced", replaced) == follower)
        try await rig.harness.untilIdle()
        #expect(try await rig.show(follower).state == .scheduled)
        #expect(try await rig.show(follower).lane == "fund")
        try await rig.harness.set(later)
        #expect(try await rig.effects() == ["first", "replaced"])
        try await rig.harness.stop()
    }

    @Test func `a claim that passed over a job while a follower was being enqueued comes again`() async throws {
        let rig = try await Rig.onTestDatabase()
        try await rig.pool.transaction {
            try await JobsOverview.pause(queue: "default", by: "Li Na", in: $0, now: rig.clock.now())
        }
        let engine = rig.start(rig.registry())
        let first = try await rig.enqueue("first")
        try await engine.untilIdle()
        try await rig.pool.transaction { transaction in
            try await Jobs.enqueue(Note(text: "second"), Enqueue(after: [first]), in: transaction, now: rig.clock.now())
            _ = try await rig.pool.transaction { try await JobsOverview.resume(queue: "default", in: $0) }
            try await engine.untilIdle()
            #expect(try await rig.show(first).state == .ready)
        }
        await engine.until(.done(first))
        try await rig.harness.untilIdle()
        #expect(try await rig.effects() == ["first", "second"])
        try await engine.stop()
    }

    @Test(arguments: [false, true])
    func `who comes to follow a job that is about to end doesn't hold it up`(isOtherDead: Bool) async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let later = Mutex<JobID?>(nil)
        let engine = rig.start(
            rig.registry { note, context in
                if note.text == "dies" { throw Discard("its own wish") }
                guard note.text == "parent" else { return .done }
                let after = later.withLock { $0 }.map { [$0] } ?? []
                try await Jobs.enqueue(
                    Note(text: "child"), Enqueue(after: after), in: context.transaction, now: context.now)
                await gate.pass(note.text)
                return .done
            })
        if isOtherDead {
            let dead = try await rig.enqueue("dies")
            await engine.until(.died(dead))
            later.withLock { $0 = dead }
        }
        let tomorrow = Enqueue(runAt: rig.clock.now().addingTimeInterval(86_400))
        let parent = try await rig.pool.transaction { transaction in
            let parent = try await Jobs.enqueue(Note(text: "parent"), in: transaction, now: rig.clock.now())
            let last = try await Jobs.enqueue(Note(text: "tomorrow"), tomorrow, in: transaction, now: rig.clock.now())
            if !isOtherDead { later.withLock { $0 = last } }
            return parent
        }
        #expect(await gate.arrived() == "parent")
        // It waits for what the parent's transaction did to the other job, and the parent's end must not wait for it.
        let other = try #require(later.withLock { $0 })
        let stranger = Task { try await rig.enqueue("stranger", Enqueue(after: [parent, other])) }
        let stuck: SQL =
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
        while try await rig.count(stuck) == 0 { await Task.yield() }
        gate.open()
        await engine.until(.done(parent))
        _ = try await stranger.value
        #expect(try await rig.show(parent).attempt == 1)
        try await rig.harness.advance(by: .seconds(86_400))
        #expect(try await rig.effects().prefix(2) == ["parent", "tomorrow"])
        #expect(try await rig.effects().dropFirst(2).sorted() == (isOtherDead ? [] : ["child", "stranger"]))
        try await engine.stop()
    }

    @Test func `COPY brings in very many, and tells the engines`() async throws {
        let rig = try await Rig.onTestDatabase()
        let engine = rig.start(rig.registry())
        try await engine.untilIdle()
        let copied = try await rig.pool.transaction { transaction in
            try await Jobs.copy(
                (0..<2_000).lazy.map { Note(text: "\($0)\t\"\\n") }, in: transaction, now: rig.clock.now(),
                options: { Enqueue(lane: $0.text.hasPrefix("7\t") ? "seven" : nil, subject: "run/1") })
        }
        #expect(copied == 2_000)
        try await rig.harness.untilIdle()
        #expect(try await rig.count("SELECT count(DISTINCT note) FROM public.effect") == 2_000)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE subject = 'run/1'") == 2_000)
        #expect(try await rig.count("SELECT count(*) FROM jobs.history WHERE lane = 'seven'") == 1)
        try await engine.stop()
    }

    @Test func `what can't be enqueued is said, and nothing is`() async throws {
        let rig = try await Rig.onTestDatabase()
        let (first, now) = (try await rig.enqueue("first"), rig.clock.now())
        func refusal(_ body: @escaping @Sendable (Transaction) async throws -> Void) async -> String? {
            do {
                try await rig.pool.transaction { try await body($0) }
                return nil
            } catch {
                return (error as? EnqueueError)?.description
            }
        }
        let notes = ["a", "b"].map(Note.init)
        for options in [Enqueue(uniqueKey: "k"), Enqueue(after: [first])] {
            let said = await refusal { transaction in
                _ = try await Jobs.copy(
                    notes, in: transaction, now: now, options: { $0.text == "a" ? Enqueue() : options })
            }
            #expect(said == "A test.note with a unique key or dependencies can't be copied; use enqueueAll.")
        }
        #expect(
            await refusal { try await Jobs.chain(notes, Enqueue(uniqueKey: "k"), in: $0, now: now) }?
                .contains("chain") == true)
        #expect(
            await refusal { try await Jobs.enqueue(notes[0], Enqueue(uniqueUntil: now), in: $0, now: now) }?
                .contains("uniqueUntil") == true)
        #expect(try await rig.count("SELECT count(*) FROM jobs.every") == 1)
    }

    /// Jobs with random predecessors come in from three sides, and from other jobs, while two engines run them; some
    /// cancel themselves, some die and are retried in the end.
    @Test(arguments: Dice.seeds)
    func `in any graph no job waits for ever, and none runs before its predecessors`(seed: UInt64) async throws {
        let rig = try await Rig.onTestDatabase()
        let graph = Graph()
        let registry = rig.registry { note, context in
            if note.text.hasSuffix("cancel") { return .cancel(reason: "its own wish") }
            if note.text.hasSuffix("die"), graph.mayDie(context.id) { throw Discard("its own wish") }
            if note.text.hasSuffix("bear") {
                // A child of its own, that waits for it and for what came before.
                let after = [context.id] + graph.some(2, seed: UInt64(context.id.rawValue))
                let options = Enqueue(after: after)
                let child = try await Jobs.enqueue(
                    Note(text: "child done"), options, in: context.transaction, now: context.now)
                context.transaction.onCommit { graph.add(child, after: after) }
            }
            return .done
        }
        for _ in 0..<2 { rig.start(registry, settings: EngineSettings(queues: ["default": 3], claimBatch: 4)) }
        try await withThrowingTaskGroup { group in
            for side in 0..<3 {
                group.addTask {
                    var dice = Dice(seed: seed &+ UInt64(side))
                    for number in 0..<40 {
                        let fate =
                            ["done", "done", "done", "done", "bear", "die", "cancel"].randomElement(using: &dice) ?? ""
                        let after = graph.some(
                            dice.once(in: 4) ? 0 : Int.random(in: 1...4, using: &dice), seed: dice.next())
                        let id = try await rig.enqueuePatiently("\(side)-\(number) \(fate)", Enqueue(after: after))
                        graph.add(id, after: after)
                    }
                }
            }
            try await group.waitForAll()
        }
        // A statement that met another in a circle of locks is tried again after its backoff.
        let unfinished: SQL = "SELECT (SELECT count(*) FROM jobs.job) + (SELECT count(*) FROM jobs.dead_letter)"
        for _ in 0..<50 where try await rig.count(unfinished) > 0 {
            try await rig.harness.advance(by: .seconds(10))
            _ = try await rig.pool.transaction {
                try await JobsOverview.retryDead(kind: Note.kind, in: $0, now: rig.clock.now())
            }
            try await rig.harness.untilIdle()
        }
        #expect(try await rig.count(unfinished) == 0)

        let (states, order) = try await rig.pool.withConnection { connection in
            let rows = try await connection.query("SELECT id, state FROM jobs.every")
            let states = try rows.map { (JobID(rawValue: try $0["id"]), try $0["state"] as String) }
            let effects = try await connection.query("SELECT job, at FROM public.effect")
            return (
                Dictionary(uniqueKeysWithValues: states),
                Dictionary(
                    uniqueKeysWithValues: try effects.map { (JobID(rawValue: try $0["job"]), try $0["at"] as Int) })
            )
        }
        for (job, after) in graph.edges {
            let shouldRun = after.allSatisfy { states[$0] == "done" }
            #expect((order[job] != nil) == shouldRun, "job \(job) is \(states[job] ?? "lost")")
            for first in after where shouldRun {
                #expect(order[first] ?? .max < order[job] ?? 0, "job \(job) ran before job \(first)")
            }
        }
        try await rig.harness.stop()
    }
}

extension Rig {
    /// Tries again when a transaction met another one's locks in a circle.
    fileprivate func enqueuePatiently(_ text: String, _ options: Enqueue) async throws -> JobID {
        while true {
            do {
                return try await enqueue(text, options)
            } catch let error as PostgresError where error.isTransient {}
        }
    }
}

/// Which job waits for which, as the test knows it.
private final class Graph: Sendable {
    private let state = Mutex((edges: [JobID: [JobID]](), died: Set<JobID>()))

    var edges: [JobID: [JobID]] { state.withLock(\.edges) }

    func add(_ id: JobID, after: [JobID]) { state.withLock { $0.edges[id] = after } }

    /// Some of the newest jobs, chosen by the seed.
    func some(_ count: Int, seed: UInt64) -> [JobID] {
        var dice = Dice(seed: seed)
        return Array(edges.keys.sorted().suffix(20).shuffled(using: &dice).prefix(count))
    }

    /// True the first time.
    func mayDie(_ id: JobID) -> Bool { state.withLock { $0.died.insert(id).inserted } }
}
