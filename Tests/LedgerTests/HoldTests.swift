import Foundation
import Ledger
import Support
import Testing
import WorkingDays

/// G6: a hold counts at once and resolves once.
@Suite(.database) struct HoldTests {
    @Test func `G6: a hold counts against the limit as if it were spent`() async throws {
        let office = try await Office.open(fund: 100_00)
        let receipt = try await office.books { try await $0.hold(Office.spending(20, 60_00)) }
        #expect(receipt.debit == Balance(debitsPending: 60_00, creditsPosted: 100_00))
        #expect(receipt.credit == Balance(creditsPending: 60_00))
        let refusal = try await office.expect(.exceedsCredits) { try await $0.hold(Office.spending(21, 40_01)) }
        #expect(refusal?.facts.available == 40_00)
        #expect(refusal?.facts.needed == 40_01)
        #expect(refusal?.facts.account == "FUND-1")
        try await office.expect(.exceedsCredits) { try await $0.transfer(Office.spending(21, 40_01)) }
    }

    @Test func `G6: a part is posted and the rest comes back`() async throws {
        let office = try await Office.open(fund: 100_00)
        try await office.books { try await $0.hold(Office.spending(20, 60_00, reference: "R1")) }
        try await office.expect(.exceedsHold) {
            try await $0.post(Resolution(id: UUID(21), hold: UUID(20), amount: 60_01))
        }
        try await office.expect(.badAmount) {
            try await $0.post(Resolution(id: UUID(21), hold: UUID(20), amount: 0))
        }
        let receipt = try await office.books {
            try await $0.post(Resolution(id: UUID(21), hold: UUID(20), amount: 45_00, reference: "B1"))
        }
        #expect(receipt.amount == 45_00)
        #expect(receipt.debit == Balance(debitsPosted: 45_00, creditsPosted: 100_00))
        let hold = try #require(try await office.books { try await $0.hold(UUID(20)) })
        #expect(!hold.isOpen)
        #expect(hold.resolution?.kind == .post)
        #expect(hold.resolution?.transfer.reference == "B1")
    }

    @Test func `G6: what is resolved once is resolved for good`() async throws {
        let office = try await Office.open()
        try await office.books { books in
            try await books.hold(Office.spending(20, 1_00))
            try await books.hold(Office.spending(30, 1_00))
            try await books.post(Resolution(id: UUID(21), hold: UUID(20)))
            try await books.void(Resolution(id: UUID(31), hold: UUID(30)))
        }
        try await office.expect(.alreadyPosted) { try await $0.post(Resolution(id: UUID(22), hold: UUID(20))) }
        try await office.expect(.alreadyPosted) { try await $0.void(Resolution(id: UUID(22), hold: UUID(20))) }
        try await office.expect(.alreadyVoided) { try await $0.post(Resolution(id: UUID(22), hold: UUID(30))) }
        try await office.expect(.unknownHold) { try await $0.post(Resolution(id: UUID(22), hold: UUID(10))) }
        try await office.expect(.unknownHold) { try await $0.void(Resolution(id: UUID(22), hold: UUID(99))) }
    }

    @Test func `G6: a hold past its time can only expire, and then is spendable again`() async throws {
        let office = try await Office.open(fund: 100_00)
        let expiry = Office.morning.addingTimeInterval(3_600)
        try await office.books { books in
            try await books.hold(Office.spending(20, 60_00), until: expiry)
            try await books.hold(Office.spending(30, 10_00))
            #expect(try await books.expireHolds() == 0)
        }
        try await office.expect(.holdExpired, now: expiry) {
            try await $0.post(Resolution(id: UUID(21), hold: UUID(20)))
        }
        try await office.books(now: expiry) { books in
            let first = try await books.expireHolds()
            let second = try await books.expireHolds()
            #expect((first, second) == (1, 0))
        }
        try await office.expect(.holdExpired, now: expiry) {
            try await $0.void(Resolution(id: UUID(21), hold: UUID(20)))
        }
        #expect(try await office.balance(Office.fund).leftToDebit == 90_00)
    }

    @Test func `G6: of ten who post or void one hold at once, one does`() async throws {
        let office = try await Office.open()
        try await office.books { try await $0.hold(Office.spending(20, 60_00)) }
        let reasons = await withTaskGroup(of: LedgerRefusal.Reason?.self) { group in
            for task in 0..<10 as Range<UInt64> {
                group.addTask {
                    do {
                        let resolution = Resolution(id: UUID(100 + task), hold: UUID(20))
                        _ = try await office.books {
                            task < 5 ? try await $0.post(resolution) : try await $0.void(resolution)
                        }
                        return nil
                    } catch {
                        return (error as? LedgerRefusal)?.reason ?? .immutable
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reasons.count { $0 == nil } == 1)
        #expect(reasons.allSatisfy { [nil, .alreadyPosted, .alreadyVoided].contains($0) })
        let fund = try await office.balance(Office.fund)
        #expect(fund.debitsPending == 0)
        #expect([0, 60_00].contains(fund.debitsPosted))
    }
}
