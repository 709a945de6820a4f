import Contract
import Postgres
import Relief
import Support
import Testing

/// Who may act, where, and as whom.
@Suite(.database)
struct OfficeTests {
    @Test func `every member of staff has exactly the role granted, where it was granted`() async throws {
        let office = try await Office.open()
        #expect(office.worker.grants.map(\.role) == [.caseWorker])
        #expect(office.worker.grants.map(\.path) == ["CN.QH.XN"])
        #expect(Set(office.admin.grants.map(\.role)) == [.administrator, .auditor])
        #expect(office.nobody.grants.isEmpty)
        let own = try await office.door.answer(WhoAmI(), as: office.nobody)
        #expect(own.login == "nobody")
    }

    @Test func `a database is initialised once`() async throws {
        let office = try await Office.open()
        let again = Initialise(
            code: "B", union: "二", level: .nation, login: "mallory", administrator: "二", unixUID: 666)
        await #expect(throws: Refusal.self) { try await office.door.perform(again, as: .system) }
        await #expect(throws: Refusal.self) { try await office.door.perform(again, as: office.admin) }
        await #expect(throws: Refusal.self) { try await office.door.authenticate(.peer(uid: 666)) }
    }
}
