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
        _ = try await office.door.perform(Office.newcomer("both", uid: 4_100), as: office.admin)
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
        #expect(try await door.authenticate(.token(token)).grants == office.worker.grants)
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

    @Test func `a role that makes, decides or pays is given to a person, whom the log names`() async throws {
        let office = try await Office.open()
        let (door, admin) = (office.door, office.admin)
        let desk = Desk(office: office)
        _ = try await door.perform(CreateUser(login: "robot", name: "程序", unixUser: "4100"), as: admin)
        for role in Role.allCases where role != .administrator && role != .auditor {
            let grant = GrantRole(user: "robot", role: role, organisation: "XN")
            let refusal = try await desk.refusal { try await door.perform(grant, as: admin) }
            #expect(refusal.code == .conflict && refusal.message.contains("user link"), "\(role)")
        }
        let person = try await desk.person(1)
        let linked = try await door.perform(LinkUser(user: "robot", person: person.number), as: admin)
        #expect(linked.person == person.number)
        let log = try await door.answer(ShowAuditLog(subject: person.number, command: "user.link"), as: admin)
        #expect(log.items.count == 1 && log.items[0].leaf.contains(person.number))
        _ = try await door.perform(GrantRole(user: "robot", role: .cashier, organisation: "XN"), as: admin)
        // For good, also past the program.
        let other = try await desk.person(2)
        let again = try await desk.refusal {
            try await door.perform(LinkUser(user: "robot", person: other.number), as: admin)
        }
        #expect(again.code == .conflict)
        let law = await desk.law {
            try await $0.execute(
                """
                UPDATE relief.app_user SET person = (SELECT id FROM relief.person WHERE number = \(other.number))
                WHERE login = 'robot'
                """)
        }
        #expect(law == "RA002")
    }

    @Test func `a user is linked by an identity number, which registers whoever isn't`() async throws {
        let office = try await Office.open()
        let desk = Desk(office: office)
        var made = Synthetic(seed: 71)
        let identity = made.idNumber()
        func create(_ login: String, _ name: String) async throws -> UserView {
            try await office.door.perform(
                CreateUser(login: login, name: name, idNumber: identity, organisation: "XN"), as: office.admin)
        }
        let first = try await create("qi", "祁文斌")
        #expect(first.person?.hasPrefix("XN-P") == true)
        #expect(try await create("qi.program", "祁文斌").person == first.person)
        let stranger = try await desk.refusal { try await create("qi3", "马秀英") }
        #expect(stranger.code == .conflict && stranger.field == "idNumber")
        let log = try await office.door.answer(ShowAuditLog(command: "user.create", limit: 2), as: office.admin).items
        #expect(log[0].leaf.contains("\"hasAnotherLogin\":true") && log[1].leaf.contains("\"hasAnotherLogin\":false"))
        #expect(!log.contains { $0.leaf.contains(identity) })
    }

    @Test func `G9: two logins of one person hold no roles that never belong together`() async throws {
        let office = try await Office.open()
        let (door, desk) = (office.door, Desk(office: office))
        try await office.twin(of: "cashier", "cashier.b", uid: 4_101)
        let refusal = try await desk.refusal {
            try await door.perform(GrantRole(user: "cashier.b", role: .approver, organisation: "HD"), as: office.admin)
        }
        #expect(refusal.code == .conflict && refusal.field == "role")
        // An administrator and an auditor need no person; one who is found to be the cashier is refused as such.
        _ = try await door.perform(CreateUser(login: "late", name: "后来", unixUser: "4102"), as: office.admin)
        _ = try await door.perform(GrantRole(user: "late", role: .auditor, organisation: "XN"), as: office.admin)
        let cashier = try await office.person(of: "cashier")
        let late = try await desk.refusal {
            try await door.perform(LinkUser(user: "late", person: cashier), as: office.admin)
        }
        #expect(late.code == .conflict && late.field == "role")
    }

    @Test func `G9: nobody gives a role to an own login, nor says whose it is`() async throws {
        let office = try await Office.open()
        let (door, desk) = (office.door, Desk(office: office))
        let chief = try await office.hire("chief", .administrator, in: "CN", uid: 4_103)
        let own = try await desk.refusal {
            try await door.perform(GrantRole(user: "chief", role: .reviewer, organisation: "XN"), as: chief)
        }
        #expect(own.code == .forbidden && own.message.contains("by whichever login"))
        let person = try await office.person(of: "chief")
        let twin = try await desk.refusal {
            try await door.perform(CreateUser(login: "chief.b", name: "另一账号", person: person), as: chief)
        }
        #expect(twin.code == .forbidden && twin.message.contains("own login"))
        try await office.twin(of: "chief", "chief.c", uid: 4_104)
        let other = try await desk.refusal {
            try await door.perform(GrantRole(user: "chief.c", role: .reviewer, organisation: "XN"), as: chief)
        }
        #expect(other.code == .forbidden)
        let unlinked = try await desk.refusal {
            try await door.perform(LinkUser(user: "admin", person: person), as: office.admin)
        }
        #expect(unlinked.code == .forbidden)
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
