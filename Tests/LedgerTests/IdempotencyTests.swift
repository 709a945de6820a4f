import Foundation
import Ledger
import Support
import Testing
import WorkingDays

/// G5: an id works at most once, for ever; the same words again are answered, other words are refused.
@Suite(.database) struct IdempotencyTests {
    @Test func `G5: the same transfer again, even on another day, answers that it exists and moves nothing`()
        async throws
    {
        let office = try await Office.open()
        let first = try await office.books { try await $0.transfer(Office.spending(20, 10_00)) }
        let later = Office.morning.addingTimeInterval(86_400)
        let second = try await office.books(now: later) { try await $0.transfer(Office.spending(20, 10_00)) }
        #expect(!first.existed)
        #expect(second.existed)
        #expect(second.seq == first.seq)
        #expect(second.debit == first.debit)
    }

    @Test func `G5: the same id with any other word is refused`() async throws {
        let office = try await Office.open()
        let original = Office.spending(20, 10_00, item: "生活救助", reference: "R1")
        try await office.books { try await $0.transfer(original) }
        let changes: [(inout Transfer) -> Void] = [
            { $0.amount += 1 }, { $0.debit = Office.bank }, { $0.credit = Office.cash }, { $0.code = "other" },
            { $0.item = nil }, { $0.reference = "R2" },
        ]
        for change in changes {
            var other = original
            change(&other)
            let refusal = try await office.expect(.existsWithDifferentBody) { try await $0.transfer(other) }
            #expect(refusal?.facts.id == original.id)
        }
        try await office.expect(.existsWithDifferentBody) { try await $0.hold(original) }
        try await office.expect(.existsWithDifferentBody) {
            try await $0.correct(UUID(10), id: UUID(20), amount: 10_00, code: "payment")
        }
    }

    @Test func `G5: resolutions are repeated and refused like transfers`() async throws {
        let office = try await Office.open()
        try await office.books { books in
            try await books.hold(Office.spending(20, 10_00))
            try await books.hold(Office.spending(30, 10_00))
            try await books.post(Resolution(id: UUID(21), hold: UUID(20), amount: 4_00))
            #expect(try await books.post(Resolution(id: UUID(21), hold: UUID(20), amount: 4_00)).existed)
            try await books.void(Resolution(id: UUID(31), hold: UUID(30)))
            #expect(try await books.void(Resolution(id: UUID(31), hold: UUID(30))).existed)
        }
        try await office.expect(.existsWithDifferentBody) {
            try await $0.post(Resolution(id: UUID(21), hold: UUID(20)))
        }
        try await office.expect(.existsWithDifferentBody) {
            try await $0.void(Resolution(id: UUID(21), hold: UUID(20)))
        }
        try await office.expect(.existsWithDifferentBody) {
            try await $0.post(Resolution(id: UUID(31), hold: UUID(30)))
        }
    }

    @Test func `G5: of eight at once with one id and one body, one is entered`() async throws {
        let office = try await Office.open()
        let existed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await office.books { try await $0.transfer(Office.spending(20, 10_00)) }.existed
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(existed.count { !$0 } == 1)
        #expect(try await office.balance(Office.fund).debitsPosted == 10_00)
    }

    @Test func `G5: of two at once with one id between different accounts, one is refused`() async throws {
        let office = try await Office.open()
        let bodies = [
            Transfer(id: UUID(20), debit: Office.bank, credit: Office.spent, amount: 1, code: "x"),
            Transfer(id: UUID(20), debit: Office.cash, credit: Office.fund, amount: 1, code: "x"),
        ]
        let reasons = await withTaskGroup(of: LedgerRefusal.Reason?.self) { group in
            for body in bodies {
                group.addTask {
                    do {
                        try await office.books { _ = try await $0.transfer(body) }
                        return nil
                    } catch {
                        return (error as? LedgerRefusal)?.reason ?? .immutable
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(reasons) == [nil, .existsWithDifferentBody])
    }

    @Test func `G5: an account opened again is the same, and its code is no other's`() async throws {
        let office = try await Office.open()
        try await office.books { try await $0.open(Office.openings[0]) }
        var other = Office.openings[0]
        other.name = "别的"
        try await office.expect(.existsWithDifferentBody) { try await $0.open(other) }
        other.id = UUID(77)
        try await office.expect(.codeTaken) { try await $0.open(other) }
    }
}
