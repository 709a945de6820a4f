import Contract
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// Numbers sort by number: the thousandth comes after the nine hundred and ninety-ninth, in lists and from page to page.
@Suite(.database)
struct NumberOrderTests {
    @Test(arguments: [
        [
            "A-C2026-0009", "A-C2026-0010", "A-C2026-9999", "A-C2026-10000", "A-C2026-10001", "A-C2027-0001",
            "B-C2026-0001",
        ],
        ["XN-P999999", "XN-P1000000", "XN-P1000001"], ["XN-R2026-999", "XN-R2026-1000"],
        ["9-N2026-999", "9-N2026-1000"],
    ]) func `the key of a number orders as people count`(numbers: [String]) async throws {
        let sorted: [String] = try await Database.current.pool.withConnection {
            try await $0.query(
                "SELECT n FROM unnest(\(Array(numbers.reversed()))::text[]) AS n ORDER BY relief.number_key(n) COLLATE \"C\""
            ).map { try $0["n"] }
        }
        #expect(sorted == numbers)
    }

    @Test func `cases past the last number of four digits are listed in order, each once`() async throws {
        let desk = try await Desk.open()
        let homes = [1, 2, 3, 4].map { UInt64($0) }
        _ = try await desk.bypass {
            try await $0.execute("SELECT relief.next_numbers('case:2026:XN', 9997)")
        }
        for seed in homes { _ = try await desk.draft(try await desk.archivedHome(seed).child) }
        var (numbers, cursor): ([String], String?) = ([], nil)
        repeat {
            let page = try await desk.door.answer(ListCases(cursor: cursor, limit: 1), as: desk.office.worker)
            numbers += page.items.map(\.number)
            cursor = page.next
        } while cursor != nil && numbers.count < 10
        #expect(numbers == ["XN-C2026-9998", "XN-C2026-9999", "XN-C2026-10000", "XN-C2026-10001"])
    }

    @Test func `paging through more than a thousand people over the border gives each once`() async throws {
        let desk = try await Desk.open()
        _ = try await desk.bypass {
            try await $0.execute(
                """
                INSERT INTO relief.person (id, number, name, id_number, id_index, org_id, org_path, created_at)
                SELECT gen_random_uuid(), 'XN-P' || n, '某人', '\\x00', decode(md5(n::text), 'hex'), o.id, o.path, now()
                FROM generate_series(999500, 1000510) AS n, relief.organisation o WHERE o.code = 'XN'
                """)
        }
        var (numbers, cursor): ([String], String?) = ([], nil)
        repeat {
            let page = try await desk.door.answer(ListPersons(cursor: cursor, limit: 100), as: desk.office.worker)
            numbers += page.items.map(\.number)
            cursor = page.next
        } while cursor != nil && numbers.count < 3_000
        #expect(numbers == (999_500...1_000_510).map { "XN-P\($0)" })
    }

    @Test func `runs, notices and households sort so, too`() async throws {
        let desk = try await Desk.open()
        _ = try await desk.bypass {
            try await $0.execute(
                """
                SELECT relief.next_numbers('household:XN', 999998), relief.next_numbers('notice:2026:XN', 998),
                       relief.next_numbers('run:2026:XN', 998)
                """)
        }
        for seed in UInt64(1)...3 {
            _ = try await desk.countyAwarded(try await desk.archivedHome(seed).child, card: seed)
            _ = try await desk.door.perform(
                PrepareRun(fund: "F1", upTo: Desk.day("2026-12-31"), executeOn: desk.office.today),
                as: desk.office.finance)
        }
        let door = desk.door
        func paged<Item>(_ read: (String?) async throws -> Page<Item>, _ number: (Item) -> String) async throws
            -> [String]
        {
            var (numbers, cursor): ([String], String?) = ([], nil)
            repeat {
                let page = try await read(cursor)
                numbers += page.items.map(number)
                cursor = page.next
            } while cursor != nil && numbers.count < 10
            return numbers
        }
        let (worker, finance) = (desk.office.worker, desk.office.finance)
        #expect(
            try await paged({ try await door.answer(ListHouseholds(cursor: $0, limit: 1), as: worker) }, \.number)
                == ["XN-H999999", "XN-H1000000", "XN-H1000001"])
        #expect(
            try await paged({ try await door.answer(ListNotices(cursor: $0, limit: 1), as: worker) }, \.number)
                == ["XN-N2026-999", "XN-N2026-1000", "XN-N2026-1001"])
        #expect(
            try await paged({ try await door.answer(ListRuns(cursor: $0, limit: 1), as: finance) }, \.number)
                == ["XN-R2026-999", "XN-R2026-1000", "XN-R2026-1001"])
    }
}
