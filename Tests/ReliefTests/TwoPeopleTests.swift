import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// What governs everybody takes two people, by person and in the database.
@Suite(.database)
struct TwoPeopleTests {
    private func pack() throws -> String {
        try String(contentsOf: PackTests.folder.appending(path: "P02-living-aid.yaml"), encoding: .utf8)
            .replacing("version: 1\n", with: "version: 2\n")
    }

    private let figure = SetParameter(
        name: "education_undergraduate", region: "XN", from: Desk.day("2026-06-01"), value: "5000", source: "新文件")

    private func confirm(_ desk: Desk, value: String = "5000", as principal: Principal) async throws -> ParameterView {
        try await desk.door.perform(
            ConfirmParameter(name: figure.name, region: "XN", from: figure.from, value: value), as: principal)
    }

    @Test func `G9: who added a pack doesn't release it, by no login`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        _ = try await desk.door.perform(AddProgramme(text: try pack()), as: office.programmes)
        let release = ReleaseProgramme(programme: "P02", version: 2)
        try await office.twin(of: "programmes", "programmes.b", uid: 4_100)
        let twin = try await desk.promote("programmes.b", uid: 4_100, to: .programmeOfficer, in: "CN")
        for own in [office.programmes, twin] {
            let refusal = try await desk.refusal { try await desk.door.perform(release, as: own) }
            #expect(refusal.code == .forbidden && refusal.message.contains("two people"))
        }
        let law = await desk.law {
            try await $0.execute(
                "UPDATE relief.programme_version SET state = 'retired' WHERE programme = 'P02' AND version = 1")
            try await $0.execute(
                """
                UPDATE relief.programme_version SET state = 'released', released_at = added_at, released_by = added_by
                WHERE programme = 'P02' AND version = 2
                """)
        }
        #expect(law == "RR051")
        // What waits for its release stays as whoever added it left it.
        let edited = await desk.law {
            try await $0.execute("UPDATE relief.programme_version SET pack = pack || ' ' WHERE version = 2")
        }
        #expect(edited == "RA002")
        let released = try await desk.door.perform(release, as: office.programmes2)
        #expect(released.state == .released && released.addedBy == "programmes" && released.releasedBy == "programmes2")
    }

    @Test func `G9: who stands for nobody adds no pack, sets no figure and releases nothing`() async throws {
        let desk = try await Desk.open()
        let (door, admin) = (desk.door, desk.office.admin)
        let text = try pack()
        let add = try await desk.refusal { try await door.perform(AddProgramme(text: text), as: admin) }
        let set = try await desk.refusal { try await door.perform(figure, as: admin) }
        _ = try await door.perform(AddProgramme(text: text), as: desk.office.programmes)
        let release = try await desk.refusal {
            try await door.perform(ReleaseProgramme(programme: "P02", version: 2), as: admin)
        }
        for refusal in [add, set, release] {
            #expect(refusal.code == .forbidden && refusal.message.contains("user link"))
        }
    }

    @Test func `G9: a figure holds once another has confirmed it, and until then the one before`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        let number = try await desk.submitted(try await desk.archivedHome(1).child)
        func amount() async throws -> Fen? {
            try await desk.door.answer(ExplainCase(case: number), as: office.worker).amount
        }
        let before = try await amount()
        let waiting = try await desk.door.perform(figure, as: office.programmes)
        #expect(waiting.setBy == "programmes" && waiting.confirmedBy == nil)
        #expect(try await amount() == before)
        #expect(
            try await desk.refusal { try await desk.door.perform(figure, as: office.programmes2) }.code == .conflict)
        try await office.twin(of: "programmes", "programmes.b", uid: 4_100)
        let twin = try await desk.promote("programmes.b", uid: 4_100, to: .programmeOfficer, in: "CN")
        for own in [office.programmes, twin] {
            #expect(try await desk.refusal { try await confirm(desk, as: own) }.code == .forbidden)
        }
        #expect(try await amount() == before)
        // What is confirmed is the value that was seen.
        let other = try await desk.refusal { try await confirm(desk, value: "6000", as: office.programmes2) }
        #expect(other.code == .notFound && other.field == "value")
        #expect(try await confirm(desk, value: "5,000.00", as: office.programmes2).confirmedBy == "programmes2")
        #expect(try await amount() == Fen(500_000))
        let law = await desk.law { try await $0.execute("UPDATE relief.parameter SET value = 1 WHERE source = '新文件'") }
        #expect(law == "RA002")
        let listed = try await desk.door.answer(ListParameters(name: figure.name), as: office.worker).items
        #expect(listed.allSatisfy { $0.confirmedBy == "programmes2" } && listed.count == 2)
    }

    @Test func `a wrong value is taken back while nobody has confirmed it, and not after`() async throws {
        let desk = try await Desk.open()
        let (door, office) = (desk.door, desk.office)
        func wrong(_ value: String) -> SetParameter {
            SetParameter(
                name: "dibao_monthly", region: "XN", from: Desk.day("2026-08-01"), value: value, source: "西民发〔2026〕2号")
        }
        func back(_ value: String) -> WithdrawParameter {
            WithdrawParameter(
                name: "dibao_monthly", region: "XN", from: Desk.day("2026-08-01"), value: value, reason: "数值录错")
        }
        _ = try await door.perform(wrong("6430"), as: office.programmes)
        _ = try await door.perform(back("6430"), as: office.programmes)
        let listed = try await door.answer(ListParameters(name: "dibao_monthly", region: "XN"), as: office.programmes)
        #expect(listed.items.isEmpty)
        let log = try await door.answer(ShowAuditLog(command: "parameter.withdraw"), as: office.admin).items
        #expect(log.first?.changes.contains { $0.field == "value" && $0.old == 643_000 && $0.new == nil } == true)
        try await desk.set(wrong("643"))
        let confirmed = try await desk.refusal { try await door.perform(back("643"), as: office.programmes) }
        #expect(confirmed.code == .notFound)
        let law = await desk.law { try await $0.execute("DELETE FROM relief.parameter WHERE confirmed_by IS NOT NULL") }
        #expect(law == "RA002")
    }

    @Test func `a figure that waits is told as such where nothing holds yet`() async throws {
        let desk = try await Desk.open()
        let child = try await desk.archivedHome(1).child
        let text = try pack().replacing("dibao_monthly", with: "dibao_yearly")
        let officer = desk.office.programmes
        _ = try await desk.door.perform(
            DefineParameter(name: "dibao_yearly", kind: .money, title: "低保年标准"), as: officer)
        try await desk.release(text)
        let household = try #require(
            try await desk.door.answer(ShowPerson(person: child.number), as: desk.office.worker).household)
        let file = try await desk.door.perform(
            OpenCase(programme: "P02", organisation: "XN", household: household, facts: ["situation": "急难"]),
            as: desk.office.worker)
        func open() async throws -> [String] {
            try await desk.door.answer(ExplainCase(case: file.number), as: desk.office.worker).open.map(\.en)
        }
        #expect(try await open().contains { $0.contains("dibao_yearly is not set") })
        let yearly = SetParameter(
            name: "dibao_yearly", region: "QH", from: Desk.day("2026-01-01"), value: "7716", source: "试")
        _ = try await desk.door.perform(yearly, as: officer)
        #expect(try await open().contains { $0.contains("dibao_yearly is set and waits for another's confirmation") })
        _ = try await desk.door.perform(
            ConfirmParameter(name: "dibao_yearly", region: "QH", from: yearly.from, value: "7716"),
            as: desk.office.programmes2)
        #expect(try await !open().contains { $0.contains("dibao_yearly") })
    }
}
