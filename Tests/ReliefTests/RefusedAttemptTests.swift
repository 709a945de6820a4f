import Contract
import Foundation
import Postgres
import Support
import Synchronization
import Testing

@testable import Relief

/// Who tries what he or she may not leaves a trace, and can't fill the log with it.
@Suite(.database)
struct RefusedAttemptTests {
    private func leaves(_ office: Office) async throws -> [Leaf] {
        try await office.door.answer(ShowAuditLog(limit: 500), as: office.admin).items.reversed()
            .map { try Leaf(decoding: Array($0.told.utf8)) }.filter { $0.refused != nil }
    }

    private func attempt(_ office: Office, _ principal: Principal) async {
        await #expect(throws: Refusal.self) { try await office.door.answer(ShowAuditLog(), as: principal) }
    }

    @Test func `an attempt without the permission leaves a leaf: who, with what, and what was refused`() async throws {
        let office = try await Office.open()
        await attempt(office, office.worker)
        let leaf = try #require(try await leaves(office).last)
        #expect(leaf.command == "audit.log" && leaf.actor == office.worker.actor && leaf.credential == "peer 4001")
        #expect(leaf.refused?.contains("may not do “audit.log”") == true && leaf.facts["times"] == 1)
        #expect(leaf.unions == ["XN"])
        await #expect(throws: Refusal.self) {
            try await office.door.requirePermission(for: ReleaseRun.self, office.worker)
        }
        #expect(try await leaves(office).map(\.command) == ["audit.log"], "within the pause")
        await office.door.writeRefusedAttempts(all: true)
        #expect(try await leaves(office).map(\.command) == ["audit.log", "run.release"])
    }

    @Test func `a thousand attempts are two leaves, and none is left out of the count`() async throws {
        let office = try await Office.open()
        for _ in 1...1_000 { await attempt(office, office.worker) }
        #expect(try await leaves(office).count == 1)
        await office.door.writeRefusedAttempts(all: true)
        let times = try await leaves(office).compactMap { leaf -> Int64? in
            if case .int(let times)? = leaf.facts["times"] { times } else { nil }
        }
        #expect(times == [1, 999])
    }

    @Test func `credentials of nobody are counted, too`() async throws {
        let office = try await Office.open()
        for token in ["relief_1", "relief_2"] {
            await #expect(throws: Refusal.self) { try await office.door.authenticate(.token(token)) }
        }
        await #expect(throws: Refusal.self) { try await office.door.authenticate(.peer(uid: 77)) }
        await office.door.writeRefusedAttempts(all: true)
        let found = try await leaves(office)
        #expect(found.map(\.credential) == ["unknown token", "peer 77", "unknown token"], "\(found)")
        #expect(found.allSatisfy { $0.facts["unknown"] == true && $0.command == "door.authenticate" })
        #expect(try !found.contains { try String(decoding: $0.encoded(), as: UTF8.self).contains("relief_") })
    }

    @Test func `each actor has a pause, after which the count is written`() {
        let time = Mutex(ContinuousClock.now)
        let attempts = RefusedAttempts(pause: .seconds(10)) { time.withLock { $0 } }
        let actor = RefusedAttempts.Actor(principal: .unknown(.unknownToken), isUnknown: true)
        let refusal = Refusal.unauthenticated(Phrase(asGiven: "no"))
        #expect(attempts.add("a", refusal, by: actor)?.operations == ["a": 1])
        #expect(attempts.add("a", refusal, by: actor) == nil && attempts.add("b", refusal, by: actor) == nil)
        #expect(attempts.due().isEmpty)
        time.withLock { $0 += .seconds(10) }
        #expect(attempts.due().map(\.1.operations) == [["a": 1, "b": 1]])
        #expect(attempts.due(all: true).isEmpty)
    }
}
