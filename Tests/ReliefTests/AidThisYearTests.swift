import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// ×1: what a household was granted this year isn't granted again to those who leave it (分户).
@Suite(.database)
struct AidThisYearTests {
    @Test func `aid counts for every household of its members, under whichever union's row`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let (office, desk) = (treasury.office, Desk(office: treasury.office))
        let spouse = try await desk.person(7)
        _ = try await desk.door.perform(
            JoinHousehold(household: "XN-H000001", person: spouse.number, relation: "spouse", on: office.today),
            as: office.worker)
        office.clock.advance(bySeconds: 3 * 86_400)
        _ = try await desk.door.perform(
            LeaveHousehold(household: "XN-H000001", person: spouse.number, on: office.today, reason: "分户"),
            as: office.worker)
        func open(_ head: String, _ union: String, _ worker: Principal) async throws -> String {
            try await desk.door.perform(OpenHousehold(organisation: union, head: head, members: []), as: worker).number
        }
        let own = try await open(spouse.number, "XN", office.worker)
        let twin = try await desk.person(7, union: "HD", by: office.otherWorker)
        let elsewhere = try await open(twin.number, "HD", office.otherWorker)
        let stranger = try await open(try await desk.person(8).number, "XN", office.worker)
        for (household, aid) in [("XN-H000001", 100_000), (own, 100_000), (elsewhere, 100_000), (stranger, 0)] {
            #expect(
                try await desk.door.perform(CountAid(household: household), as: .system).count == aid, "\(household)")
        }
    }
}

/// The aid of this year that a new case of a household would be told.
private struct CountAid: SystemCommand {
    typealias Reply = WorkDone
    static let name = "test.countAid"
    static let summary = Phrase("Counts aid for tests.", "试验。")
    let household: String

    func execute(in context: CommandContext) async throws -> WorkDone {
        let file = PackTests.folder.appending(path: "P02-living-aid.yaml")
        let text = try String(contentsOf: file, encoding: .utf8).replacing("item: life", with: "item: living")
        let id: UUID = try await context.transaction.value(
            "SELECT id FROM relief.household WHERE number = \(household)")
        let inputs = try await Assessments.gather(
            CaseSubject(household: id), caseID: UUID(), facts: [:], path: "CN.QH.XN", pack: Pack.load(text), in: context
        )
        return WorkDone(count: Int(inputs.aidThisYear))
    }
}
