import Contract
import Foundation
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// G16: that something exists is told to nobody who may not know it: in two worlds, one with it and one without, every
/// operation answers alike.
@Suite(.database(isChecked: false))
struct ExistenceTests {
    struct Pair {
        /// Something of the other city, and a name of the same form that is nobody's.
        let there: String
        let nowhere: String
    }

    @Test func `every operation answers of another union's things as of nobody's`() async throws {
        let desk = try await Desk.open()
        let office = desk.office
        let (pairs, good) = try await grounds(desk)
        let staff = try await here(office)
        var asked: Set<String> = []
        for handler in Handler.all where !(handler.operation is any SystemCommand.Type) {
            for principal in staff where !principal.scope(for: handler.operation.permission).isEmpty {
                asked.formUnion(try await compare(handler.operation, handler, pairs, good, principal, office))
            }
        }
        let figures = try await desk.door.answer(ListParameters(), as: office.worker).items
        #expect(!figures.isEmpty && !figures.contains { $0.region == "HD" })
        #expect(asked.count > 95, "\(asked.count)")
    }

    /// People of the city XN alone, who together hold every permission that a city's staff can.
    private func here(_ office: Office) async throws -> [Principal] {
        let administrator = try await office.hire("admin.xn", .administrator, uid: 4_901)
        return [
            administrator, office.worker, office.reviewer, office.approver, office.finance, office.checker,
            office.financeApprover, office.cashier, office.auditor,
        ]
    }

    private func grounds(_ desk: Desk) async throws -> ([String: Pair], [String: JSONValue]) {
        let (office, door) = (desk.office, desk.door)
        let there = office.otherWorker
        let person = try await desk.person(900, union: "HD", by: there).number
        let household = try await door.perform(
            OpenHousehold(organisation: "HD", head: person, members: []), as: there
        ).number
        let file = try await desk.draft(try await desk.person(901, union: "HD", by: there), union: "HD", by: there)
        let money = try await office.hire("money.hd", .financeOfficer, in: "HD", uid: 4_902)
        _ = try await door.perform(
            CreateFund(
                code: "F9", name: "帮扶资金", organisation: "HD", source: .ownFunds, year: 2026,
                items: [FundItem(item: "education", from: Desk.day("2026-01-01"), source: "测试")], bank: "某银行",
                accountNumber: "6228480000000009", accountHolder: "海东市总工会"), as: money)
        try await desk.set(
            SetParameter(
                name: "dibao_monthly", region: "HD", from: Desk.day("2026-01-01"), value: "600", source: "测试"))
        var made = Synthetic(seed: 905)
        let account = try await door.perform(
            RegisterAccount(owner: person, holder: made.name(), bank: "某银行", number: made.card(), kind: .card),
            as: there)
        let employer = "91630202MA0000001X"
        _ = try? await door.perform(
            RegisterEmployer(uscc: employer, name: "海东某厂", kind: .private, union: "HD"), as: there)
        let home = try await desk.archivedHome(7)
        let own = try await desk.draft(home.child)
        let union = Pair(there: "HD", nowhere: "ZZ")
        let people = Pair(there: person, nowhere: String(person.dropLast(2)) + "99")
        let user = Pair(there: "worker.hd", nowhere: "worker.zz")
        let cases = Pair(there: file, nowhere: String(file.dropLast(2)) + "99")
        return (
            [
                "organisation": union, "under": union, "parent": union, "union": union, "region": union,
                "person": people, "head": people, "relative": people, "owner": people,
                "household": Pair(there: household, nowhere: String(household.dropLast(2)) + "99"), "case": cases,
                "subject": cases, "search": cases, "fund": Pair(there: "F9", nowhere: "F8"), "user": user,
                "actor": user, "visitor": user, "companion": user,
                "account": Pair(
                    there: account.id.uuidString.lowercased(), nowhere: "00000000-0000-4000-8000-000000000009"),
                "employer": Pair(there: employer, nowhere: "91630202MA0000002X"),
            ],
            [
                "person": .string(home.head.number), "case": .string(own), "household": .string(home.number),
                "organisation": .string("XN"), "union": .string("XN"), "fund": .string("F1"),
                "programme": .string("P04"), "user": .string("worker"), "name": .string("某某"),
                "reason": .string("核对"), "region": .string("XN"), "source": .string("青工发〔2026〕1号"),
                "kind": .string("card"), "item": .string("education"), "version": .int(1), "amount": .int(100),
            ]
        )
    }

    /// Which fields were asked about, of one operation by one principal.
    func compare<O: Contract.Operation>(
        _ type: O.Type, _ handler: Handler, _ pairs: [String: Pair], _ good: [String: JSONValue],
        _ principal: Principal, _ office: Office
    ) async throws -> Set<String> {
        let (schema, book) = try JSONSchema.of(type)
        guard case .reference(let name) = schema, let properties = book.components[name] else { return [] }
        let base: HostileRequestTests.Fields = properties.compactMap { property in
            if let value = good[property.name], HostileRequestTests.fits(value, property.schema) {
                return (property.name, value)
            }
            return property.required ? (property.name, HostileRequestTests.plain(property.schema)) : nil
        }
        var asked: Set<String> = []
        for property in properties {
            guard let pair = pairs[property.name], case .string = property.schema else { continue }
            let rest = base.filter { $0.name != property.name }
            let there = await answer(type, handler, rest + [(property.name, .string(pair.there))], principal, office)
            let nowhere = await answer(
                type, handler, rest + [(property.name, .string(pair.nowhere))], principal, office)
            #expect(
                there.replacing(pair.there, with: "#") == nowhere.replacing(pair.nowhere, with: "#"),
                "\(O.name).\(property.name) as \(principal.login)")
            asked.insert("\(O.name).\(property.name)")
        }
        return asked
    }

    private func answer<O: Contract.Operation>(
        _ type: O.Type, _ handler: Handler, _ fields: HostileRequestTests.Fields, _ principal: Principal,
        _ office: Office
    ) async -> String {
        do {
            let reply = try await handler.respond(try HostileRequestTests.request(type, fields), principal, office.door)
            return String(decoding: reply, as: UTF8.self)
        } catch let refusal as Refusal {
            return "\(refusal.code) \(refusal.field ?? "") \(refusal.message) \(refusal.details ?? [])"
        } catch {
            return "\(error)"
        }
    }

    // MARK: - Clashes

    /// The refusal, but for what was asked.
    func words(_ office: Office, _ command: some Executable, as principal: Principal, _ asked: String) async
        -> String
    {
        let refusal = await #expect(throws: Refusal.self) { try await office.door.perform(command, as: principal) }
        return refusal?.message.replacing(asked, with: "#") ?? ""
    }

    @Test func `a code or login that is another's out of sight waits for the word of the union above`() async throws {
        let office = try await Office.open()
        let (door, xn) = (office.door, try await office.hire("admin.xn", .administrator, uid: 4_901))
        let hd = try await office.hire("admin.hd", .administrator, in: "HD", uid: 4_902)
        let qh = try await office.hire("admin.qh", .administrator, in: "QH", uid: 4_903)
        func union(_ code: String, _ parent: String) -> CreateOrganisation {
            CreateOrganisation(code: code, name: "某某工会", level: .county, line: .territory, parent: parent)
        }
        _ = try await door.perform(union("HD_1", "HD"), as: hd)
        let waits = "# waits for confirmation: a union above answers (relief confirmation list); or choose another."
        #expect(await words(office, union("HD_1", "XN"), as: xn, "HD_1") == waits)
        #expect(await words(office, CreateUser(login: "worker.hd", name: "某某"), as: xn, "worker.hd") == waits)
        let host = CreateUser(login: "somebody", name: "某某", unixUser: "4902")
        #expect(await words(office, host, as: xn, UnixAccounts.name(4_902)) == waits)
        // One's own are said to be taken; they are known.
        #expect(await words(office, union("CD", "XN"), as: xn, "CD").hasPrefix("The code # is taken"))
        #expect(
            await words(office, CreateUser(login: "worker", name: "某某"), as: xn, "worker").hasPrefix(
                "The login # is taken"))
        // Who asks again asks once.
        #expect(await words(office, union("HD_1", "XN"), as: xn, "HD_1") == waits)
        let mine = try await door.answer(ListConfirmations(), as: xn).items
        #expect(Set(mine.map(\.kind)) == [.unionCode, .login, .hostAccount] && mine.count == 3)
        #expect(mine.allSatisfy { $0.above == nil && $0.askedBy == "admin.xn" })
        #expect(try await door.answer(ListConfirmations(), as: hd).items.isEmpty)
        let above = try await door.answer(ListConfirmations(), as: qh).items
        #expect(above.count == 3 && above.allSatisfy { $0.above == "QH" })
        let code = try #require(above.first { $0.kind == .unionCode })
        let own = await #expect(throws: Refusal.self) {
            try await door.perform(SettleConfirmation(confirmation: code.id, answer: "请改用他码"), as: xn)
        }
        #expect(own?.code == .notFound)
        let settled = try await door.perform(
            SettleConfirmation(confirmation: code.id, answer: "该代码已有单位使用，请改用其他代码"), as: qh)
        #expect(settled.settledBy == "admin.qh")
        let told = try #require(try await door.answer(ListConfirmations(), as: xn).items.first { $0.id == code.id })
        #expect(told.answer == "该代码已有单位使用，请改用其他代码" && told.settledBy == nil)
        let again = await #expect(throws: Refusal.self) {
            try await door.perform(SettleConfirmation(confirmation: code.id, answer: "再答"), as: office.admin)
        }
        #expect(again?.code == .conflict)
        // What was met is in the log, what was refused isn't made.
        let leaf = try #require(
            try await door.answer(ShowAuditLog(command: "organisation.create"), as: office.admin).items.last {
                $0.refused != nil
            })
        #expect(leaf.refused?.contains("waits for confirmation") == true)
        #expect(leaf.changes.contains { $0.table == "relief.confirmation" && $0.field == "kind" })
    }

    @Test func `nobody answers what he or she asked, nor anybody below both unions`() async throws {
        let office = try await Office.open()
        let xn = try await office.hire("admin.xn", .administrator, uid: 4_901)
        _ = await words(office, CreateUser(login: "worker.hd", name: "某某"), as: xn, "")
        let law = await #expect(throws: PostgresError.self) {
            try await Database.current.appPool.transaction { transaction in
                try await transaction.execute(
                    "SELECT set_config('relief.scope', '{\"\"}', true), set_config('relief.event', \(UUID().uuidString), true)"
                )
                try await transaction.execute(
                    "UPDATE relief.confirmation SET answer = 'x', settled_by = asked_by, settled_at = now()")
            }
        }
        #expect(law?.constraint == "settled_by_another")
        await #expect(throws: PostgresError.self) {
            try await Database.current.appPool.transaction { transaction in
                try await transaction.execute(
                    "SELECT set_config('relief.scope', '{\"CN.QH.HD\"}', true), set_config('relief.event', \(UUID().uuidString), true)"
                )
                _ = try await transaction.one("SELECT id FROM relief.confirmation")
            }
        }
    }

    @Test func `an account that is somebody's out of sight waits for who sees both; nobody else approves it`()
        async throws
    {
        let office = try await Office.open()
        let door = office.door
        var made = Synthetic(seed: 71)
        let card = made.card()
        func register(_ union: String, _ worker: Principal) async throws -> PayeeAccountView {
            let name = made.name()
            let person = try await door.perform(
                RegisterPerson(name: name, idNumber: made.idNumber(), organisation: union), as: worker)
            return try await door.perform(
                RegisterAccount(owner: person.number, holder: name, bank: "某银行", number: card, kind: .card), as: worker)
        }
        #expect(try await register("HD", office.otherWorker).state == .active)
        let account = try await register("XN", office.worker)
        #expect(account.state == .pending && account.warnings == [AccountDoubt.sharedElsewhere.phrase])
        let here = await #expect(throws: Refusal.self) {
            try await office.approve(account.id, despite: "夫妻共用")
        }
        #expect(here?.phrase == AccountDoubt.sharedElsewhere.phrase)
        let province = try await office.hire("reviewer.qh", .reviewer, in: "QH", uid: 4_904)
        let seen = try await door.answer(ShowAccountSheet(account: account.id), as: province)
        #expect(seen.doubts == [AccountDoubt.shared.phrase])
        #expect(try await office.approve(account.id, despite: "夫妻共用", by: province).state == .active)
        let asked = try await door.answer(ListConfirmations(), as: office.admin).items
        #expect(asked.map(\.kind) == [.payeeAccount] && asked[0].asked == account.owner && asked[0].above == "QH")
    }

    @Test func `the doctor tells who doesn't administer the root that something is wrong, and not what`() async throws {
        let office = try await Office.open()
        let door = Door(
            pool: Database.current.appPool, clock: office.clock, vault: office.vault,
            evidence: EvidenceStore(directory: office.folder, vault: office.vault), auditLog: office.auditLog,
            laws: [:],
            health: {
                [
                    DoctorCheck(name: "disk", ok: false, detail: "/var/lib/relief is full"),
                    DoctorCheck(name: "tokens", ok: true, detail: "lin's ends"),
                ]
            })
        let whole = try await door.answer(ReportHealth(), as: office.admin)
        #expect(whole.checks.map(\.detail) == ["/var/lib/relief is full", "lin's ends"])
        let part = try await door.answer(
            ReportHealth(), as: office.hire("admin.xn", .administrator, uid: 4_901))
        #expect(!part.ok && part.checks.map(\.ok) == [false, true])
        #expect(!"\(part)".contains("/var") && !"\(part)".contains("lin's"))
    }

    @Test func `a person is found by the whole identity number alone, and a dump tells no more than a mask`()
        async throws
    {
        let office = try await Office.open()
        var made = Synthetic(seed: 72)
        let id = made.idNumber()
        let person = try await office.door.perform(
            RegisterPerson(name: made.name(), idNumber: id, organisation: "XN"), as: office.worker)
        #expect(try await office.door.answer(FindPerson(idNumber: id), as: office.worker).number == person.number)
        for part in [String(id.prefix(14)), String(id.suffix(8)), person.idNumber, String(id.prefix(17))] {
            let refusal = await #expect(throws: Refusal.self) {
                try await office.door.answer(FindPerson(idNumber: part), as: office.worker)
            }
            #expect(refusal?.code == .invalid)
        }
        let connection = try await Connection.open(Database.current.superuserSettings, logger: quiet)
        let row: String = try await connection.value(
            "SELECT p::text FROM relief.person p WHERE number = \(person.number)")
        await connection.close()
        let birth = id.dropFirst(6).prefix(8)
        let day = "\(birth.prefix(4))-\(birth.dropFirst(4).prefix(2))-\(birth.suffix(2))"
        #expect(!row.contains(day) && !row.contains("male") && !row.contains(birth))
    }
}
