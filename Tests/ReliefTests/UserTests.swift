import Contract
import Foundation
import Postgres
import Relief
import Support
import Testing
import WorkingDays

/// Roles, tokens, and who administers whom.
@Suite(.database)
struct UserTests {
    @Test(arguments: Role.allCases)
    func `a role that never belongs with another is refused at its grant, wherever held`(role: Role) async throws {
        let office = try await Office.open()
        _ = try await office.door.perform(CreateUser(login: "both", name: "双"), as: office.admin)
        _ = try await office.door.perform(GrantRole(user: "both", role: role, organisation: "XN"), as: office.admin)
        for other in Role.allCases where other != role {
            let grant = GrantRole(user: "both", role: other, organisation: "HD")
            if role.isCompatible(with: other) {
                _ = try await office.door.perform(grant, as: office.admin)
                _ = try await office.door.perform(
                    RevokeRole(user: "both", role: other, organisation: "HD"), as: office.admin)
            } else {
                let refusal = try await #require(throws: Refusal.self) {
                    try await office.door.perform(grant, as: office.admin)
                }
                #expect(refusal.code == .conflict && refusal.field == "role")
            }
        }
    }

    @Test func `a token opens for its user until it ends, is revoked, or its user is disabled`() async throws {
        let office = try await Office.open()
        let door = office.door
        func issue(_ user: String) async throws -> String {
            try await door.perform(IssueToken(user: user, expiresInDays: 1), as: office.admin).token
        }
        let token = try await issue("worker")
        #expect(try await door.authenticate(.token(token)).login == "worker")
        #expect(try await door.authenticate(.token(token)) == office.worker)
        await #expect(throws: Refusal.self) { try await door.authenticate(.token(token + "0")) }
        office.clock.advance(bySeconds: 86_400)
        await #expect(throws: Refusal.self) { try await door.authenticate(.token(token)) }
        let second = try await issue("worker")
        _ = try await door.perform(RevokeTokens(user: "worker", reason: "遗失"), as: office.admin)
        await #expect(throws: Refusal.self) { try await door.authenticate(.token(second)) }
        let third = try await issue("worker")
        let view = try await door.perform(DisableUser(user: "worker", reason: "离职"), as: office.admin)
        #expect(view.disabled)
        await #expect(throws: Refusal.self) { try await door.authenticate(.token(third)) }
        await #expect(throws: Refusal.self) { try await door.authenticate(.peer(uid: 4_001)) }
        await #expect(throws: Refusal.self) { try await issue("worker") }
    }

    @Test func `the database keeps no token, only its digest`() async throws {
        let office = try await Office.open()
        let token = try await office.door.perform(IssueToken(user: "worker"), as: office.admin).token
        let found: Bool = try await Database.current.pool.withConnection {
            try await $0.value("SELECT bool_or(t::text LIKE '%' || \(token) || '%') FROM relief.token t")
        }
        #expect(!found)
    }

    @Test func `who administers a county can't act as its province, nor give roles above`() async throws {
        let office = try await Office.open()
        let door = office.door
        _ = try await door.perform(CreateUser(login: "admin.cd", name: "县", unixUser: "5000"), as: office.admin)
        _ = try await door.perform(
            GrantRole(user: "admin.cd", role: .administrator, organisation: "CD"), as: office.admin)
        let county = try await door.authenticate(.peer(uid: 5_000))
        for user in ["admin", "worker", "worker.hd"] {
            let refusal = try await #require(throws: Refusal.self) {
                try await door.perform(IssueToken(user: user), as: county)
            }
            #expect(refusal.code == .notFound)
        }
        await #expect(throws: Refusal.self) {
            try await door.perform(GrantRole(user: "worker.cd", role: .reviewer, organisation: "XN"), as: county)
        }
        _ = try await door.perform(GrantRole(user: "worker.cd", role: .reviewer, organisation: "CD_01"), as: county)
        _ = try await door.perform(GrantRole(user: "worker.cd", role: .reviewer, organisation: "XN"), as: office.admin)
        let above = try await #require(throws: Refusal.self) {
            try await door.perform(DisableUser(user: "worker.cd", reason: "x"), as: county)
        }
        #expect(above.code == .forbidden)
        _ = try await door.perform(CreateUser(login: "new.cd", name: "新"), as: county)
        let list = try await door.answer(ListUsers(), as: county).items
        #expect(list.map(\.login) == ["admin.cd", "new.cd", "worker.cd"])
        #expect(list.last?.grants.map(\.organisation) == ["CD", "CD_01"])
    }

    @Test func `a person is one user at most`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 4)
        let person = try await office.door.perform(
            RegisterPerson(name: made.name(), idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
        let user = try await office.door.perform(
            CreateUser(login: "kin", name: "亲", person: person.number), as: office.admin)
        #expect(user.person == person.number)
        let refusal = try await #require(throws: Refusal.self) {
            try await office.door.perform(CreateUser(login: "kin2", name: "亲", person: person.number), as: office.admin)
        }
        #expect(refusal.field == "person")
    }

    @Test func `an administrator can't lock oneself out`() async throws {
        let office = try await Office.open()
        await #expect(throws: Refusal.self) {
            try await office.door.perform(DisableUser(user: "admin", reason: "x"), as: office.admin)
        }
        await #expect(throws: Refusal.self) {
            try await office.door.perform(
                RevokeRole(user: "admin", role: .administrator, organisation: "CN"), as: office.admin)
        }
    }
}
