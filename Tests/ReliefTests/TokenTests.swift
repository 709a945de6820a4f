import Contract
import Crypto
import Foundation
import Logging
import Postgres
import Relief
import Support
import Synchronization
import Testing
import WorkingDays

/// Tokens: what opens, what one acts with, how it is renewed, and who is told of its end.
@Suite(.database)
struct TokenTests {
    private func issue(_ user: String, _ office: Office, days: Int? = nil) async throws -> String {
        try await office.door.perform(IssueToken(user: user, expiresInDays: days), as: office.admin).token
    }

    private func open(_ token: String, _ office: Office) async throws -> Principal {
        try await office.door.authenticate(.token(token))
    }

    private func renew(_ token: String, _ office: Office, days: Int? = nil, key: String? = nil) async throws -> String {
        try await office.door.perform(
            RenewToken(expiresInDays: days), as: try await open(token, office), key: key
        ).token
    }

    /// Which of the tokens open.
    private func opening(_ tokens: String..., at office: Office) async -> [Bool] {
        var opens: [Bool] = []
        for token in tokens { opens.append((try? await open(token, office)) != nil) }
        return opens
    }

    @Test func `a row put in or moved past the program, by whoever has no key, opens nothing`() async throws {
        let office = try await Office.open()
        let superuser = try await Connection.open(
            Database.current.superuserSettings, logger: Logger(label: "test"))
        try await superuser.execute("SET session_replication_role = replica")
        let cashier = office.cashier.user
        func put(_ hash: [UInt8]) async throws {
            try await superuser.execute(
                """
                INSERT INTO relief.token (id, user_id, hash, days, issued_by, expires_at, created_at)
                VALUES (gen_random_uuid(), \(cashier), \(hash), 1, \(cashier),
                        \(office.clock.now().addingTimeInterval(3_600)), \(office.clock.now()))
                """)
        }
        let beginning = "relief_" + cashier.uuidString.lowercased().replacing("-", with: "") + "_"
        let (plain, keyed) = (beginning + "known", beginning + "keyed")
        try await put(Array(SHA256.hash(data: Array(plain.utf8))))
        #expect(await opening(plain, at: office) == [false])
        // The row is right in all but the key.
        try await put(office.vault.tokenMAC(keyed))
        #expect(await opening(keyed, at: office) == [true])
        // An own token's row that is made the cashier's.
        let own = try await issue("worker", office)
        try await superuser.execute(
            "UPDATE relief.token SET user_id = \(cashier) WHERE hash = \(office.vault.tokenMAC(own))")
        #expect(await opening(own, at: office) == [false])
        await superuser.close()
    }

    @Test func `a token acts with no role given after it, and its holder learns which and what to do`() async throws {
        let office = try await Office.open()
        let (door, clock) = (office.door, office.clock)
        let early = try await issue("nobody", office)
        func act(_ token: String) async throws {
            _ = try await door.answer(ListCases(), as: try await open(token, office))
        }
        clock.advance(bySeconds: 0.000_001)
        _ = try await door.perform(GrantRole(user: "nobody", role: .auditor, organisation: "XN"), as: office.admin)
        await #expect(throws: Refusal.self) { try await act(early) }
        let late = try await issue("nobody", office)  // in the very microsecond
        try await act(late)
        let shown = try await door.answer(WhoAmI(), as: try await open(early, office))
        #expect(shown.grants.isEmpty && shown.notCarried == [GrantView(role: .auditor, organisation: "XN")])
        #expect(shown.warnings?.count == 1)
        #expect(shown.warnings?[0].en.contains("1 of your roles") == true)
        let whole = try await door.answer(WhoAmI(), as: try await open(late, office))
        #expect(whole.grants.count == 1 && whole.notCarried == nil && whole.warnings == nil)
        try await act(try await renew(early, office))
        // Who sits at the host acts with all.
        let host = try await door.authenticate(.peer(uid: 4_015))
        #expect(host.login == "nobody" && host.grants.count == 1 && host.token == nil)
    }

    @Test func `renewed by its holder, a token lasts as long again, and the old one for a day at most`() async throws {
        let office = try await Office.open()
        let desk = Desk(office: office)
        let old = try await issue("worker", office, days: 30)
        office.clock.advance(bySeconds: 29 * 86_400 + 43_200)
        let renewed = try await office.door.perform(RenewToken(), as: try await open(old, office))
        #expect(renewed.expiresAt == office.clock.now().addingTimeInterval(30 * 86_400))
        #expect(renewed.oldExpiresAt == office.clock.now().addingTimeInterval(43_200))
        let longer = try await desk.refusal { try await renew(renewed.token, office, days: 31) }
        #expect(longer.code == .invalid && longer.field == "expiresInDays")
        let short = try await renew(renewed.token, office, days: 2)
        office.clock.advance(bySeconds: 43_200)
        #expect(await opening(old, at: office) == [false])
        #expect(await opening(renewed.token, at: office) == [true])
        office.clock.advance(bySeconds: 43_200)
        #expect(await opening(renewed.token, at: office) == [false])
        #expect(await opening(short, at: office) == [true])
        let blind = try await desk.refusal { try await office.door.perform(RenewToken(), as: office.worker) }
        #expect(blind.code == .conflict && blind.message.contains("--token-file"))
    }

    @Test func `a lost answer is asked for again by its key; renewed with another, the first renewal ends`()
        async throws
    {
        let office = try await Office.open()
        let old = try await issue("worker", office)
        let lost = try await renew(old, office, key: "renew-1")
        #expect(try await renew(old, office, key: "renew-1") == lost)
        let next = try await renew(lost, office)
        let again = try await renew(old, office)
        #expect(await opening(again, old, lost, next, at: office) == [true, true, false, false])
    }

    @Test func `a renewal is no way around a revocation, of all or of one`() async throws {
        let office = try await Office.open()
        let (door, desk) = (office.door, Desk(office: office))
        let (first, other) = (try await issue("worker", office), try await issue("worker", office))
        let held = try await open(first, office)
        let second = try await renew(first, office)
        let third = try await renew(second, office)
        let listed = try await door.answer(ListTokens(user: "worker"), as: office.admin).items
        let id = try #require(listed.first { $0.renewedFrom != nil }).id
        _ = try await door.perform(RevokeTokens(user: "worker", reason: "遗失", token: id), as: office.admin)
        #expect(await opening(first, second, third, other, at: office) == [false, false, false, true])
        // Who was let in just before is refused all the same.
        let late = try await desk.refusal { try await door.perform(RenewToken(), as: held) }
        #expect(late.code == .unauthenticated)
        let last = try await renew(other, office)
        _ = try await door.perform(RevokeTokens(user: "worker"), as: office.admin)
        #expect(await opening(last, other, at: office) == [false, false])
        let none = try await desk.refusal {
            try await door.perform(RevokeTokens(user: "worker2", token: id), as: office.admin)
        }
        #expect(none.code == .notFound && none.field == "token")
    }

    @Test func `whoever revokes while a token is being made waits, and ends it too`() async throws {
        let office = try await Office.open()
        let pool = Database.current.pool
        let worker = office.worker.user
        let late = "relief_" + worker.uuidString.lowercased().replacing("-", with: "") + "_late"
        let making = try await Connection.open(Database.current.settings, logger: Logger(label: "test"))
        try await making.execute("BEGIN")
        try await making.execute("SELECT set_config('relief.event', \(UUID().uuidString), true)")
        try await making.execute(
            """
            INSERT INTO relief.token (id, user_id, hash, days, issued_by, expires_at, created_at)
            SELECT gen_random_uuid(), u.id, \(office.vault.tokenMAC(late)), 1, u.id,
                   \(office.clock.now().addingTimeInterval(3_600)), \(office.clock.now())
            FROM relief.app_user u WHERE u.login = 'worker'
            """)
        let isOver = Mutex(false)
        async let revoked: Void = {
            defer { isOver.withLock { $0 = true } }
            _ = try await office.door.perform(RevokeTokens(user: "worker"), as: office.admin)
        }()
        let waits: SQL = """
            SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            """
        while !isOver.withLock({ $0 }) {
            if try await pool.withConnection({ try await $0.exists(waits) }) { break }
        }
        try await making.execute("COMMIT")
        try await revoked
        await making.close()
        #expect(await opening(late, at: office) == [false])
    }

    /// The law that refuses statements of the tables' owner.
    private func law(_ statements: [SQL]) async -> String {
        do {
            try await Database.current.pool.transaction { transaction in
                try await transaction.execute("SELECT set_config('relief.event', \(UUID().uuidString), true)")
                for statement in statements { try await transaction.execute(statement) }
                throw CancellationError()
            }
            return "none"
        } catch let error as PostgresError {
            return error.constraint ?? error.sqlState ?? "\(error)"
        } catch { return "none" }
    }

    @Test func `the laws of tokens stand in the database`() async throws {
        let office = try await Office.open()
        let now = office.clock.now()
        _ = try await issue("worker", office, days: 10)
        _ = try await issue("worker2", office, days: 10)
        func id(_ login: String) -> SQL {
            """
            (SELECT t.id FROM relief.token t JOIN relief.app_user u ON u.id = t.user_id
             WHERE u.login = \(login) AND t.renewed_from IS NULL)
            """
        }
        func user(_ login: String) -> SQL { "(SELECT id FROM relief.app_user WHERE login = \(login))" }
        func put(_ login: String, from old: SQL, days: Int, by issuer: String? = nil) -> SQL {
            """
            INSERT INTO relief.token (id, user_id, hash, days, issued_by, renewed_from, expires_at, created_at)
            VALUES (gen_random_uuid(), \(user(login)), decode(md5(random()::text) || md5(random()::text), 'hex'), \(days),
                    \(user(issuer ?? login)), \(old), \(now.addingTimeInterval(3_600)), \(now))
            """
        }
        let shorten: SQL = "UPDATE relief.token SET expires_at = \(now.addingTimeInterval(86_400))"
        let attempts: [(law: String, statements: [SQL])] = [
            ("RA002", ["UPDATE relief.token SET user_id = \(user("cashier")) WHERE id = \(id("worker"))"]),
            ("RA002", ["UPDATE relief.token SET created_at = \(now.addingTimeInterval(9)) WHERE id = \(id("worker"))"]),
            ("RA002", ["UPDATE relief.token SET expires_at = expires_at + interval '1 s' WHERE id = \(id("worker"))"]),
            (
                "RA002",
                [
                    "UPDATE relief.token SET revoked_at = \(now) WHERE id = \(id("worker"))",
                    "UPDATE relief.token SET revoked_at = NULL WHERE id = \(id("worker"))",
                ]
            ),
            ("RR031", [put("worker", from: id("worker"), days: 10)]),
            ("RR031", [shorten, put("worker", from: id("worker"), days: 11)]),
            (
                "RR031",
                [shorten, "UPDATE relief.token SET revoked_at = \(now)", put("worker", from: id("worker"), days: 10)]
            ),
            ("renewed_for_its_user", [shorten, put("cashier", from: id("worker"), days: 10)]),
            ("renewed_by_its_holder", [shorten, put("worker", from: id("worker"), days: 10, by: "cashier")]),
            (
                "one_living_renewal",
                [shorten, put("worker2", from: id("worker2"), days: 1), put("worker2", from: id("worker2"), days: 1)]
            ),
            (
                "RR032",
                ["UPDATE relief.app_user SET disabled_at = \(now)", put("worker", from: "NULL", days: 10)]
            ),
        ]
        for (expected, statements) in attempts {
            let found = await law(statements)
            #expect(found == expected, "\(statements.map(\.text))")
        }
        // The daemon's own login may do no more than end one.
        let daemon = try await #require(throws: PostgresError.self) {
            try await Database.current.appPool.withConnection {
                try await $0.execute("UPDATE relief.token SET user_id = user_id")
            }
        }
        #expect(daemon.sqlState == "42501")
    }

    @Test func `one sees one's own tokens, and those of whom one administers wholly, without what opens`() async throws
    {
        let office = try await Office.open()
        let (door, desk) = (office.door, Desk(office: office))
        _ = try await door.perform(CreateUser(login: "admin.cd", name: "县", unixUser: "5000"), as: office.admin)
        _ = try await door.perform(
            GrantRole(user: "admin.cd", role: .administrator, organisation: "CD"), as: office.admin)
        let county = try await door.authenticate(.peer(uid: 5_000))
        let token = try await door.perform(
            IssueToken(user: "worker.cd", expiresInDays: 5, note: "窗口电脑"), as: county
        ).token
        for user in ["worker", "worker.hd", "nobody"] { _ = try await issue(user, office) }
        func list(_ user: String? = nil, as principal: Principal) async throws -> [TokenView] {
            try await door.answer(ListTokens(user: user), as: principal).items
        }
        let seen = try await list(as: county)
        #expect(seen.map(\.user) == ["worker.cd"] && seen[0].issuedBy == "admin.cd" && seen[0].note == "窗口电脑")
        #expect(seen[0].expiresAt == office.clock.now().addingTimeInterval(5 * 86_400))
        #expect(seen[0].id.count == 8 && seen[0].revokedAt == nil)
        #expect(try await list(as: office.worker).map(\.user) == ["worker"])
        #expect(try await list(as: office.nobody).map(\.user) == ["nobody"])
        #expect(try await list(as: office.reviewer).isEmpty)
        #expect(Set(try await list(as: office.admin).map(\.user)) == ["worker", "worker.hd", "worker.cd", "nobody"])
        #expect(try await list("worker.cd", as: office.admin).count == 1)
        for (user, principal) in [("worker", county), ("nobody", county), ("worker.cd", office.worker)] {
            #expect(try await desk.refusal { try await list(user, as: principal) }.code == .notFound)
        }
        // With a role elsewhere the county administers it no more.
        _ = try await door.perform(GrantRole(user: "worker.cd", role: .reviewer, organisation: "XN"), as: office.admin)
        #expect(try await list(as: county).isEmpty)
        let all = try await door.answer(ListTokens(), as: office.admin)
        let text = String(decoding: try JSON.encode(all), as: UTF8.self)
        #expect(!text.contains(token) && !text.contains(String(token.suffix(64))))
        let part = try await door.answer(ListTokens(limit: 3), as: office.admin)
        let next = try #require(part.next)
        let rest = try await door.answer(ListTokens(cursor: next, limit: 3), as: office.admin)
        #expect(part.items.count == 3 && rest.items.count == 1 && rest.next == nil)
        let none = try await desk.refusal { try await door.answer(ListTokens(cursor: "x"), as: office.admin) }
        #expect(none.field == "cursor")
    }

    @Test func `the end of a token is told from fourteen days ahead, and doctor names whom nothing else lets in`()
        async throws
    {
        let office = try await Office.open()
        let (door, clock) = (office.door, office.clock)
        _ = try await door.perform(CreateUser(login: "machine", name: "程序"), as: office.admin)
        let machine = try await issue("machine", office, days: 15)
        _ = try await issue("worker", office, days: 15)  // has an account of the host
        func ending() async throws -> TokensEnding {
            try await Database.current.appPool.withConnection { try await TokensEnding.look(now: clock.now(), in: $0) }
        }
        #expect(try await !open(machine, office).token!.endsSoon)
        #expect(try await ending().soon.isEmpty)
        clock.advance(bySeconds: 86_400)
        #expect(try await open(machine, office).token!.endsSoon)
        let told = try await door.answer(WhoAmI(), as: try await open(machine, office))
        #expect(told.warnings?.count == 1 && told.warnings?[0].zh.contains("2026-07-16 09:00") == true)
        #expect(try await ending().soon.map(\.login) == ["machine"])
        let health = try await door.answer(ReportHealth(), as: office.admin)
        #expect(health.warnings?.contains { $0.en.contains("machine") && $0.en.contains("2026-07-16") } == true)
        clock.advance(bySeconds: 14 * 86_400)
        let late = try await ending()
        #expect(late.soon.isEmpty && late.ended.map(\.login) == ["machine"])
        _ = try await issue("machine", office, days: 30)
        #expect(try await ending().ended.isEmpty)
        clock.advance(bySeconds: 31 * 86_400)
        #expect(try await ending().ended.count == 1)
        // Shut out on purpose.
        _ = try await door.perform(RevokeTokens(user: "machine"), as: office.admin)
        #expect(try await ending().ended.isEmpty)
    }
}
