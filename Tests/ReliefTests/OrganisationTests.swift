import Contract
import Relief
import Support
import Testing
import WorkingDays

/// The tree of unions and its two lines.
@Suite(.database)
struct OrganisationTests {
    private func attach(
        _ office: Office, _ union: String, to parent: String, funds: Bool, days: Int = 0
    ) async throws -> OrganisationView {
        try await office.door.perform(
            AttachOrganisation(
                organisation: union, parent: parent, fundParent: funds, from: office.today.adding(days: days)),
            as: office.admin)
    }

    @Test func `a union has a parent of its territory and one of its industry, and one of them funds it`() async throws
    {
        let office = try await Office.open()
        _ = try await office.door.perform(
            CreateOrganisation(code: "QH_JT", name: "省交通工会", level: .province, line: .industry, parent: "QH"),
            as: office.admin)
        let both = try await attach(office, "CD_01", to: "QH_JT", funds: true, days: 10)
        let today = office.today
        #expect(both.parents.count == 3)
        for day in [today, today.adding(days: 9), today.adding(days: 10), today.adding(days: 400)] {
            let holding = both.parents.filter { $0.from <= day && day <= ($0.to ?? day) }
            #expect(holding.filter(\.fundParent).count == 1, "\(day)")
            #expect(holding.filter(\.fundParent).first?.code == (day < today.adding(days: 10) ? "CD" : "QH_JT"))
        }
        #expect(both.path == "CN.QH.XN.CD.CD_01")
    }

    @Test func `a new territory takes the place of the old from its day on`() async throws {
        let office = try await Office.open()
        let moved = try await attach(office, "CD_01", to: "XN", funds: true, days: 5)
        #expect(moved.parents.map(\.code) == ["CD", "XN"])
        #expect(moved.parents[0].to == office.today.adding(days: 4))
        let atOnce = try await attach(office, "CD", to: "QH", funds: true)
        #expect(atOnce.parents.map(\.code) == ["QH"])
    }

    @Test func `no union stands under itself, and none is left without funds`() async throws {
        let office = try await Office.open()
        for (union, parent) in [("XN", "CD_01"), ("XN", "XN"), ("QH", "CD")] {
            await #expect(throws: Refusal.self) { try await attach(office, union, to: parent, funds: true) }
        }
        let refusal = try await #require(throws: Refusal.self) {
            try await attach(office, "CD_01", to: "XN", funds: false)
        }
        #expect(refusal.field == "fundParent")
    }

    @Test(arguments: [
        ("XN", UnionLevel.county, "QH", "code"), ("xn2", .county, "XN", "code"), ("A-B", .county, "XN", "code"),
        ("X2", .nation, "XN", "level"), ("X3", .county, "NONE", "parent"), ("_X", .county, "XN", "code"),
    ]) func `what can't be a union is refused with its field`(
        code: String, level: UnionLevel, parent: String, field: String
    ) async throws {
        let office = try await Office.open()
        let refusal = try await #require(throws: Refusal.self) {
            try await office.door.perform(
                CreateOrganisation(code: code, name: "某工会", level: level, line: .territory, parent: parent),
                as: office.admin)
        }
        #expect(refusal.field == field)
    }

    @Test func `a list is read in parts, each union once`() async throws {
        let office = try await Office.open()
        var (codes, cursor): ([String], String?) = ([], nil)
        repeat {
            let page = try await office.door.answer(ListOrganisations(cursor: cursor, limit: 2), as: office.admin)
            codes += page.items.map(\.code)
            cursor = page.next
        } while cursor != nil
        #expect(codes == ["CN", "QH", "HD", "XN", "CD", "CD_01"])
        await #expect(throws: Refusal.self) {
            try await office.door.answer(ListOrganisations(limit: 501), as: office.admin)
        }
    }
}
