import Jobs
import JobsTesting
import Postgres
import Support
import Testing

@Suite(.serialized, .database, .timeLimit(.minutes(10)))
struct ProgressTests {
    @Test func `a job says how far it is while its transaction is open, and says it within bounds`() async throws {
        let rig = try await Rig.onTestDatabase()
        let gate = Gate()
        let engine = rig.start(
            rig.registry { note, context in
                await context.progress(0.5, "half of them")
                await gate.pass(note.text)
                await context.progress(7, String(repeating: "x", count: 600))
                return .done
            })
        let id = try await rig.enqueue("long")
        #expect(await gate.arrived() == "long")
        let running = try await rig.show(id)
        #expect(running.state == .running && running.progress == 0.5 && running.progressNote == "half of them")
        #expect(try await rig.effects() == [])
        gate.open()
        await engine.until(.done(id))
        #expect(try await rig.effects() == ["long"])
        try await engine.stop()
        let kept = try await rig.pool.withConnection {
            try await $0.one("SELECT progress::float8 AS progress, length(progress_note) AS length FROM jobs.history")
        }
        #expect(try kept["progress"] == 1.0)
        #expect(try kept["length"] == 500)
    }
}
