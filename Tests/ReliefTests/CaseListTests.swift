import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// Finding cases, and what is kept of decisions.
@Suite(.database)
struct CaseListTests {
    @Test func `a list goes on from its cursor and misses nothing`() async throws {
        let desk = try await Desk.open()
        for seed in UInt64(1)...5 { _ = try await desk.draft(try await desk.archivedHome(seed).child) }
        var (numbers, cursor): ([String], String?) = ([], nil)
        repeat {
            let page = try await desk.door.answer(ListCases(cursor: cursor, limit: 2), as: desk.office.worker)
            #expect(page.items.count <= 2)
            numbers += page.items.map(\.number)
            cursor = page.next
        } while cursor != nil
        #expect(numbers == (1...5).map { "XN-C2026-000\($0)" })
        let by = try await desk.door.answer(
            ListCases(programme: "P04", state: .draft, organisation: "QH", search: numbers[2]), as: desk.office.worker)
        #expect(by.items.map(\.number) == [numbers[2]])
        #expect(try await desk.door.answer(ListCases(state: .awarded), as: desk.office.worker).items.isEmpty)
        let refusal = try await desk.refusal {
            try await desk.door.answer(ListCases(limit: 501), as: desk.office.worker)
        }
        #expect(refusal.field == "limit")
    }

    @Test func `the timeline tells who did what, and where it stands in the log`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.awarded(try await desk.archivedHome(1).child)
        try await Sealer(pool: Database.current.appPool, log: desk.office.auditLog, clock: desk.office.clock).seal()
        let timeline = try await desk.door.answer(ShowTimeline(case: number), as: desk.office.worker)
        #expect(
            timeline.items.map(\.command) == [
                "case.open", "evidence.add", "case.submit", "case.decide", "case.decide", "notice.publish",
                "notice.closeDue", "case.decide", "case.decide",
            ])
        #expect(timeline.items.allSatisfy { $0.leafIndex != nil && !$0.by.isEmpty && !$0.summary.en.isEmpty })
        #expect(timeline.items.last?.summary.en.contains("amount 6,000.00 yuan") == true)
    }

    @Test func `a decision is replayed from what was kept: same inputs, same version, same trace`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.awarded(try await desk.archivedHome(1).child)
        let rows = try await desk.bypass { transaction in
            try await transaction.query(
                """
                SELECT d.inputs::text AS inputs, d.trace::text AS trace, v.pack FROM relief.decision d
                JOIN relief.programme_version v ON v.id = d.version JOIN relief.case_file c ON c.id = d.case_id
                WHERE c.number = \(number)
                """
            ).map { (try $0["inputs"] as String, try $0["trace"] as String, try $0["pack"] as String) }
        }
        #expect(rows.count == 5)
        for (inputs, trace, text) in rows {
            let replayed = try Pack.load(text).assess(JSON.decode(AssessmentInputs.self, from: Data(inputs.utf8)))
            let kept = try JSON.decode(Assessment.self, from: Data(trace.utf8))
            #expect(try JSON.encode(replayed) == JSON.encode(kept))
            #expect(!inputs.contains("XN-P") && !inputs.contains("姓名"))
        }
    }

    @Test func `G16: cases, papers and notices of the city are not there for others`() async throws {
        let desk = try await Desk.open()
        let number = try await desk.reviewed(try await desk.archivedHome(1).child)
        let notice = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        let paper = try #require(try await desk.show(number).evidence.first).id
        for asker in [desk.office.otherWorker, desk.office.countyWorker] {
            var words: Set<String> = []
            for asked in [number, "XN-C2026-0099"] {
                let refusal = try await desk.refusal { try await desk.door.answer(ShowCase(case: asked), as: asker) }
                #expect(refusal.code == .notFound)
                words.insert(refusal.message.replacing(asked, with: "#"))
            }
            #expect(words.count == 1)
            #expect(try await desk.door.answer(ListCases(), as: asker).items.isEmpty)
            #expect(try await desk.door.answer(ListNotices(), as: asker).items.isEmpty)
            let asks: [() async throws -> Void] = [
                { _ = try await desk.door.answer(ShowNotice(notice: notice.number), as: asker) },
                { _ = try await desk.door.answer(GetEvidence(evidence: paper), as: asker) },
                { _ = try await desk.door.answer(ShowTimeline(case: number), as: asker) },
                { _ = try await desk.door.answer(ExplainCase(case: number), as: asker) },
                { _ = try await desk.door.perform(WithdrawCase(case: number, reason: "x"), as: asker) },
                { try await desk.letter(number, by: asker) },
                {
                    _ = try await desk.door.perform(
                        ObjectToNotice(notice: notice.number, case: number, text: "x"), as: asker)
                },
            ]
            for ask in asks {
                let refusal = try await desk.refusal { try await ask() }
                #expect(refusal.code == .notFound)
            }
        }
        let reviewer = try await desk.refusal {
            try await desk.decide(number, by: desk.office.otherReviewer, sheet: String(repeating: "0", count: 64))
        }
        #expect(reviewer.code == .notFound)
    }
}
