import Foundation
import Ledger
import Support
import Testing

/// Batches are the single operations, all or none.
@Suite(.database) struct BatchTests {
    @Test func `a batch leaves the books as its lines one by one would`() async throws {
        let office = try await Office.open(fund: 1_000_00)
        let lines = (0..<100 as Range<UInt64>).map { Office.spending(100 + $0, Int64($0) + 1, reference: "R\($0)") }
        let (first, second) = (lines[..<50], lines[50...])
        let held = try await office.books { books in
            for line in first { try await books.hold(line) }
            return try await books.hold(Array(second))
        }
        #expect((held.entered, held.existed) == (50, 0))
        let again = try await office.books { try await $0.hold(Array(second)) }
        #expect((again.entered, again.existed) == (0, 50))
        try await office.books { books in
            for line in first.prefix(25) { try await books.post(.init(id: UUID(line.id, 1), hold: line.id)) }
            for line in first.dropFirst(25) { try await books.void(.init(id: UUID(line.id, 1), hold: line.id)) }
            try await books.post(second.prefix(25).map { Resolution(id: UUID($0.id, 1), hold: $0.id) })
            try await books.void(second.dropFirst(25).map { Resolution(id: UUID($0.id, 1), hold: $0.id) })
        }
        let posted = (first.prefix(25) + second.prefix(25)).map(\.amount).reduce(0, +)
        let fund = try await office.balance(Office.fund)
        #expect(fund == Balance(debitsPosted: posted, creditsPosted: 1_000_00))
        let single = try await office.books { try await $0.hold(first[0].id) }
        let batched = try await office.books { try await $0.hold(second[50].id) }
        #expect(single?.resolution?.kind == .post)
        #expect(batched?.resolution?.transfer.reference == "R50")
        #expect(batched?.resolution?.transfer.amount == 51)
    }

    @Test func `one bad line refuses the batch, and is named`() async throws {
        let office = try await Office.open(fund: 100_00)
        var lines = (0..<10 as Range<UInt64>).map { Office.spending(100 + $0, 10_00) }
        lines[6].credit = UUID(98)
        let refusal = try await office.expect(.unknownAccount) { try await $0.transfer(lines) }
        #expect(refusal?.facts.id == UUID(106))
        lines[6] = Office.spending(106, 10_01)
        let total = try await office.expect(.exceedsCredits) { try await $0.hold(lines) }
        #expect(total?.facts.needed == 100_01)
        #expect(try await office.balance(Office.fund) == Balance(creditsPosted: 100_00))
        lines[6] = lines[5]
        try await office.expect(.existsWithDifferentBody) { try await $0.hold(lines) }
    }

    @Test func `a batch that was entered in part before is completed, not repeated`() async throws {
        let office = try await Office.open(fund: 100_00)
        let lines = (0..<10 as Range<UInt64>).map { Office.spending(100 + $0, 10_00) }
        try await office.books { try await $0.transfer(Array(lines.prefix(4))) }
        let receipt = try await office.books { try await $0.transfer(lines) }
        #expect(receipt.entered == 6)
        #expect(receipt.existed == 4)
        #expect(try await office.balance(Office.fund).leftToDebit == 0)
    }

    @Test func `one hold can't be resolved twice in one batch`() async throws {
        let office = try await Office.open()
        try await office.books { try await $0.hold(Office.spending(20, 10_00)) }
        try await office.expect(.alreadyPosted) {
            try await $0.post([Resolution(id: UUID(21), hold: UUID(20)), Resolution(id: UUID(22), hold: UUID(20))])
        }
        try await office.expect(.alreadyVoided) {
            try await $0.void([Resolution(id: UUID(21), hold: UUID(20)), Resolution(id: UUID(22), hold: UUID(20))])
        }
    }
}

extension UUID {
    /// An id derived from another one.
    init(_ base: UUID, _ step: UInt8) {
        var bytes = base.uuid
        bytes.0 = step
        self.init(uuid: bytes)
    }
}
