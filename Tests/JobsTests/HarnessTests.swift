import Foundation
import Jobs
import JobsTesting
import Support
import Testing
import WorkingDays

/// What a user of the room tests with.
@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct HarnessTests {
    @Test func `advancing the clock runs what is due by then, with all that it brings about`() async throws {
        let rig = try await Rig.onTestDatabase()
        let (harness, start) = (rig.harness, rig.clock.now())
        let registry = rig.registry { note, context in
            switch note.text {
            case "snooze" where context.attempt == 1 && context.now < start.addingTimeInterval(120):
                return .snooze(until: start.addingTimeInterval(120))
            case "chain":
                try await Jobs.enqueue(
                    Note(text: "link"), Enqueue(lane: "chain"), in: context.transaction, now: context.now)
                return .done
            default: return .done
            }
        }
        harness.start(registry)
        harness.start(registry)
        for (index, text) in ["chain", "snooze", "plain"].enumerated() {
            try await harness.enqueue(
                Note(text: text), Enqueue(runAt: start.addingTimeInterval(Double(60 + index))))
        }
        try await harness.advance(by: .seconds(59))
        #expect(try await rig.effects() == [])
        try await harness.advance(by: .seconds(3))
        #expect(try await rig.effects().sorted() == ["chain", "link", "plain", "snooze"])
        #expect(
            try await harness.enqueued(Note.self).map(\.text) == ["snooze"])
        try await harness.set(start.addingTimeInterval(120))
        #expect(try await rig.effects().filter { $0 == "snooze" }.count == 2)
        try await harness.stop()
        #expect(harness.engines.isEmpty)
    }

    @Test func `what was enqueued is shown decoded, in order, without what has been started`() async throws {
        struct Other: Job { static let kind = "test.other" }
        let rig = try await Rig.onTestDatabase()
        try await rig.enqueue("done")
        rig.harness.start(rig.registry())
        try await rig.harness.untilIdle()
        try await rig.harness.stop()
        let later = Enqueue(runAt: rig.clock.now().addingTimeInterval(60))
        try await rig.enqueue("later", later)
        try await rig.harness.enqueue(Other())
        try await rig.enqueue("lane", Enqueue(lane: "x"))
        try await rig.enqueue("now")
        let found = try await rig.harness.enqueued(Note.self)
        #expect(found.map(\.text) == ["later", "lane", "now"])
    }
}
