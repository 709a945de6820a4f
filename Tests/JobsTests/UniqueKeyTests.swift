import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Testing
import WorkingDays

/// Unique keys that hold until a time.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct UniqueKeyTests {
    @Test func `a key with a time holds although its job is done, and no longer than that`() async throws {
        let rig = try await Rig.onTestDatabase()
        rig.start(rig.registry())
        let until = rig.clock.now().addingTimeInterval(60)
        let first = try await rig.enqueue("first", Enqueue(uniqueKey: "notice/7", uniqueUntil: until))
        try await rig.harness.untilIdle()
        #expect(try await rig.show(first).state == .done)
        let window = Enqueue(uniqueKey: "notice/7", uniqueUntil: until.addingTimeInterval(60))
        #expect(try await rig.enqueue("second", window) == first)
        // One who asks for no time has to respect it as well; one who would replace finds nothing to replace.
        #expect(try await rig.enqueue("third", Enqueue(uniqueKey: "notice/7")) == first)
        #expect(try await rig.enqueue("fourth", Enqueue(uniqueKey: "notice/7", onConflict: .replace)) == first)
        try await rig.harness.set(until)
        let next = try await rig.enqueue("fifth", window)
        #expect(next != first)
        try await rig.harness.untilIdle()
        #expect(try await rig.effects() == ["first", "fifth"])
        try await rig.harness.stop()
    }

    @Test func `a key with a time outlives the cancellation of its job, and yields to a live one's`() async throws {
        let rig = try await Rig.onTestDatabase()
        let now = rig.clock.now()
        let (soon, later) = (now.addingTimeInterval(60), now.addingTimeInterval(3_600))
        let first = try await rig.enqueue("first", Enqueue(runAt: later, uniqueKey: "k", uniqueUntil: soon))
        rig.clock.set(soon)
        // The time is over, but the job still waits: it keeps the key, and has it for the new time.
        #expect(try await rig.enqueue("second", Enqueue(uniqueKey: "k", uniqueUntil: later)) == first)
        let replaced = Enqueue(runAt: later, uniqueKey: "k", uniqueUntil: later, onConflict: .replace)
        #expect(try await rig.enqueue("third", replaced) == first)
        #expect(try await rig.show(first).args == #"{"text": "third"}"#)
        _ = try await rig.pool.transaction { try await JobsOverview.cancel(first, reason: "no", in: $0, now: soon) }
        #expect(try await rig.enqueue("fourth", Enqueue(uniqueKey: "k", uniqueUntil: later)) == first)
        #expect(try await rig.count("SELECT count(*) FROM jobs.every") == 1)
    }

    @Test func `many with one key make one job, whether they come at once or in one statement`() async throws {
        let rig = try await Rig.onTestDatabase()
        let until = rig.clock.now().addingTimeInterval(60)
        rig.start(rig.registry())
        let ids = try await withThrowingTaskGroup(of: JobID.self) { group in
            for number in 0..<16 {
                let options = Enqueue(uniqueKey: "once", uniqueUntil: number.isMultiple(of: 4) ? nil : until)
                group.addTask { try await rig.enqueue("\(number)", options) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        try await rig.harness.untilIdle()
        #expect(ids.count <= 2, "One that asked for no time may have been done before the first that did.")
        let (made, again) = try await rig.pool.transaction { transaction in
            let notes = (0..<10).map { Note(text: "\($0)") }
            func enqueue() async throws -> Int {
                try await Jobs.enqueueAll(notes, in: transaction, now: rig.clock.now()) {
                    Enqueue(uniqueKey: "digit/\((Int($0.text) ?? 0) % 3)", uniqueUntil: until)
                }
            }
            return (try await enqueue(), try await enqueue())
        }
        #expect((made, again) == (3, 0))
        try await rig.harness.untilIdle()
        #expect(try await rig.count("SELECT count(*) FROM public.effect WHERE job > \(ids.max()?.rawValue ?? 0)") == 3)
        try await rig.harness.stop()
    }

    @Test func `a key that a live job has without a time, unseen as yet, is not taken twice`() async throws {
        let rig = try await Rig.onTestDatabase()
        let until = rig.clock.now().addingTimeInterval(60)
        let (second, first) = try await withThrowingTaskGroup(of: JobID.self) { group in
            let first = try await rig.pool.transaction { transaction in
                let first = try await Jobs.enqueue(
                    Note(text: "first"), Enqueue(uniqueKey: "k"), in: transaction, now: rig.clock.now())
                group.addTask { try await rig.enqueue("second", Enqueue(uniqueKey: "k", uniqueUntil: until)) }
                // It waits for us to commit.
                while try await rig.count("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0 {}
                return first
            }
            return (try await group.next(), first)
        }
        #expect(second == first)
        #expect(try await rig.count("SELECT job_id FROM jobs.used_key WHERE key = 'k'") == Int(first.rawValue))
    }
}
