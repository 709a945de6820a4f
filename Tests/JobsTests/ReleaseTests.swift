import Foundation
import Jobs
import JobsTesting
import Postgres
import Support
import Testing
import WorkingDays

/// A job as one release knows it.
private struct OldLetter: Job {
    static let kind = "test.letter"
    static var policy: JobPolicy { JobPolicy(backoff: .constant(.seconds(10))) }
    let text: String
}

/// The same kind one release later.
private struct NewLetter: Job {
    static let kind = OldLetter.kind
    static let version = 2
    static var policy: JobPolicy { OldLetter.policy }
    let text: String
    let copies: Int

    static func decode(older args: Data, version: Int) throws -> NewLetter {
        NewLetter(text: try JSONDecoder().decode(OldLetter.self, from: args).text, copies: 1)
    }
}

/// Two releases side by side, as in every deployment of more than one daemon.
@Suite(.serialized, .database, .timeLimit(.minutes(5)))
struct ReleaseTests {
    @Test(arguments: Dice.seeds)
    func `G17: while an old and a new release run side by side, each job runs once, where its shape is known`(
        seed: UInt64
    )
        async throws
    {
        var dice = Dice(seed: seed)
        let rig = try await Rig.onTestDatabase()
        struct Refused: Error {}
        var (old, new) = (Registry(), Registry())
        old.register(OldLetter.self) { letter, context in
            try await note("old \(letter.text)", context)
            // Some are left to be tried again, perhaps by the other release.
            if context.attempt == 1, letter.text.hasSuffix("7") { throw Refused() }
            return .done
        }
        new.register(NewLetter.self) { letter, context in
            try await note("new \(letter.text) × \(letter.copies)", context)
            return .done
        }
        func enqueue(_ numbers: Range<Int>) async throws {
            for number in numbers {
                let options = Enqueue(
                    runAt: rig.clock.now().addingTimeInterval(.random(in: 0...20, using: &dice)),
                    lane: dice.once(in: 3) ? "post" : nil)
                if number.isMultiple(of: 2) {
                    try await rig.harness.enqueue(NewLetter(text: "v2-\(number)", copies: 2), options)
                } else {
                    try await rig.harness.enqueue(OldLetter(text: "v1-\(number)"), options)
                }
            }
        }

        // The old one alone: what it doesn't know is left, and holds up nothing but its own lane.
        let oldEngine = rig.start(old)
        try await enqueue(0..<20)
        try await rig.harness.advance(by: .seconds(20))
        #expect(try await rig.effects().allSatisfy { $0.hasPrefix("old v1") })
        #expect(try await rig.harness.enqueued(NewLetter.self).contains { $0.text.hasPrefix("v2") })
        // Both, then only the new one, which reads what the old one left.
        rig.harness.start(new)
        try await enqueue(20..<40)
        for _ in 0..<3 { try await rig.harness.advance(by: .seconds(.random(in: 5...10, using: &dice))) }
        try await oldEngine.stop()
        try await enqueue(40..<50)
        for _ in 0..<3 { try await rig.harness.advance(by: .seconds(20)) }

        let effects = try await rig.effects()
        #expect(effects.filter { $0.contains("v2") }.allSatisfy { $0.hasPrefix("new") && $0.hasSuffix("× 2") })
        #expect(effects.filter { $0.hasPrefix("new v1") }.allSatisfy { $0.hasSuffix("× 1") })
        let numbers = effects.compactMap { $0.split(separator: " ")[1].split(separator: "-").last.flatMap { Int($0) } }
        #expect(numbers.sorted() == Array(0..<50))
        #expect(try await rig.count("SELECT count(*) FROM jobs.dead_letter") == 0)
        try await rig.harness.stop()
    }

    @Test func `a job whose older shape can't be read any more waits for a person, and keeps its value`() async throws {
        struct Newest: Job {
            static let kind = OldLetter.kind
            static let version = 3
            let address: String
        }
        let rig = try await Rig.onTestDatabase()
        var registry = Registry()
        registry.register(Newest.self) { _, _ in .done }
        let id = try await rig.harness.enqueue(NewLetter(text: "lost", copies: 2))
        let engine = rig.start(registry)
        await engine.until(.died(id))
        let job = try await rig.show(id)
        #expect(job.args == #"{"text": "lost", "copies": 2}"#)
        #expect(job.reason?.contains("test.letter version 2 can't be read") == true)
        try await rig.harness.stop()
    }
}

private func note(_ text: String, _ context: JobContext) async throws {
    try await context.transaction.execute(
        "INSERT INTO public.effect (job, attempt, note) VALUES (\(context.id.rawValue), \(context.attempt)::int, \(text))"
    )
}
