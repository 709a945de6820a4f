import Contract
import Crypto
import Foundation
import Postgres
import Relief
import Schema
import Support
import WorkingDays

/// An office at work: the tree of unions with two cities, its staff, and the door, over the test's own database.
///
/// Root CN, province QH, cities XN and HD; under XN the county CD and its grassroots union CD_01. It is 2026-07-01, 09:00 in
/// China. Every principal comes from the door's authentication.
struct Office {
    let door: Door
    let clock: ManualClock
    let vault: Vault
    let auditLog: AuditLog
    let folder: URL
    private let staff: [String: Principal]

    /// Administrator and auditor of the whole tree.
    var admin: Principal { self["admin"] }
    var worker: Principal { self["worker"] }
    var worker2: Principal { self["worker2"] }
    var reviewer: Principal { self["reviewer"] }
    var reviewer2: Principal { self["reviewer2"] }
    var approver: Principal { self["approver"] }
    var approver2: Principal { self["approver2"] }
    var programmes: Principal { self["programmes"] }
    /// Who releases and confirms what `programmes` adds and sets.
    var programmes2: Principal { self["programmes2"] }
    var finance: Principal { self["finance"] }
    var checker: Principal { self["checker"] }
    var financeApprover: Principal { self["finance.approver"] }
    var cashier: Principal { self["cashier"] }
    var auditor: Principal { self["auditor"] }
    /// Case worker of the county CD alone.
    var countyWorker: Principal { self["worker.cd"] }
    /// Case worker of the other city HD alone.
    var otherWorker: Principal { self["worker.hd"] }
    /// Reviewer of the other city HD alone.
    var otherReviewer: Principal { self["reviewer.hd"] }
    /// A user without any role.
    var nobody: Principal { self["nobody"] }

    /// The civil day on the office's clock.
    var today: Day { Day(clock.now()) }

    /// A member of staff by login.
    subscript(login: String) -> Principal {
        guard let principal = staff[login] else { preconditionFailure("The office has no \(login).") }
        return principal
    }

    /// Who has which role where, besides the administrator.
    private static let roles: [(login: String, role: Role?, union: String)] = [
        ("worker", .caseWorker, "XN"), ("worker2", .caseWorker, "XN"), ("reviewer", .reviewer, "XN"),
        ("approver", .approver, "XN"), ("approver2", .approver, "XN"), ("programmes", .programmeOfficer, "CN"),
        ("finance", .financeOfficer, "XN"), ("checker", .financeChecker, "XN"),
        ("finance.approver", .financeApprover, "XN"), ("cashier", .cashier, "XN"), ("auditor", .auditor, "XN"),
        ("worker.cd", .caseWorker, "CD"), ("worker.hd", .caseWorker, "HD"), ("reviewer.hd", .reviewer, "HD"),
        ("nobody", nil, ""), ("reviewer2", .reviewer, "XN"), ("programmes2", .programmeOfficer, "CN"),
    ]

    /// Opens the office in the database of the running test, which has the trait `.database`.
    static func open(
        at now: Date = Date(timeIntervalSince1970: 1_782_867_600), bankFolder: URL? = nil,
        standing: LogStanding? = nil, keepsMark: Bool = false, committed: @escaping @Sendable () -> Void = {}
    ) async throws -> Office {
        try await open(
            pool: Database.current.appPool, at: now, bankFolder: bankFolder, standing: standing, keepsMark: keepsMark,
            committed: committed)
    }

    /// Opens the office in any migrated database that the pool reaches as `relief_app`.
    static func open(
        pool: Pool, at now: Date = Date(timeIntervalSince1970: 1_782_867_600), bankFolder: URL? = nil,
        standing: LogStanding? = nil, keepsMark: Bool = false, committed: @escaping @Sendable () -> Void = {}
    ) async throws -> Office {
        let folder = FileManager.default.temporaryDirectory.appending(path: "relief-office-\(UUID().uuidString)")
        let clock = ManualClock(now)
        let vault = try Vault(rootKey: Array(repeating: 7, count: 32))
        let auditLog = try AuditLog(
            directory: folder.appending(path: "log"), origin: "relief.example/audit",
            key: Curve25519.Signing.PrivateKey(rawRepresentation: Data(repeating: 9, count: 32)),
            mark: keepsMark ? folder.appending(path: "audit.signed") : nil)
        let door = Door(
            pool: pool, clock: clock, vault: vault,
            evidence: EvidenceStore(directory: folder.appending(path: "evidence"), vault: vault), auditLog: auditLog,
            laws: Dictionary(uniqueKeysWithValues: Schema.checks.map { ($0.name, $0.body) }),
            bankFolder: bankFolder, standing: standing, committed: committed)
        let staff = try await appoint(through: door)
        return Office(door: door, clock: clock, vault: vault, auditLog: auditLog, folder: folder, staff: staff)
    }

    private static func appoint(through door: Door) async throws -> [String: Principal] {
        _ = try await door.perform(
            Initialise(
                code: "CN", union: "中华全国总工会", level: .nation, login: "admin", administrator: "管理员", unixUID: 4_000),
            as: .system)
        let admin = try await door.authenticate(.peer(uid: 4_000))
        let unions: [(code: String, name: String, level: UnionLevel, parent: String)] = [
            ("QH", "青海省总工会", .province, "CN"), ("XN", "西宁市总工会", .city, "QH"), ("HD", "海东市总工会", .city, "QH"),
            ("CD", "城东区总工会", .county, "XN"), ("CD_01", "高原毛纺厂工会", .grassroots, "CD"),
        ]
        for union in unions {
            _ = try await door.perform(
                CreateOrganisation(
                    code: union.code, name: union.name, level: union.level, line: .territory, parent: union.parent),
                as: admin)
        }
        var staff = ["admin": admin]
        for (index, member) in roles.enumerated() {
            let uid = UInt32(4_001 + index)
            _ = try await door.perform(newcomer(member.login, uid: uid), as: admin)
            if let role = member.role {
                _ = try await door.perform(
                    GrantRole(user: member.login, role: role, organisation: member.union), as: admin)
            }
            staff[member.login] = try await door.authenticate(.peer(uid: uid))
        }
        return staff
    }

    /// A user with an account of the host, who stands for a person of his or her own, registered at the root.
    static func newcomer(_ login: String, uid: UInt32) -> CreateUser {
        var made = Synthetic(seed: UInt64(uid) << 32)
        let digits = Array("〇一二三四五六七八九")
        let name = "职员" + String(String(uid - 4_000).compactMap { $0.wholeNumberValue.map { digits[$0] } })
        return CreateUser(
            login: login, name: name, unixUser: String(uid), idNumber: made.idNumber(), organisation: "CN")
    }

    /// Number of the person that a login stands for.
    func person(of login: String) async throws -> String {
        let users = try await door.answer(ListUsers(limit: 100), as: admin).items
        guard let person = users.first(where: { $0.login == login })?.person else {
            throw Refusal.notFound(Phrase(asGiven: "\(login) stands for nobody."))
        }
        return person
    }

    /// Another login of the person that a login stands for.
    func twin(of login: String, _ name: String, uid: UInt32) async throws {
        _ = try await door.perform(
            CreateUser(
                login: name, name: "另一账号", unixUser: String(uid), person: try await person(of: login)), as: admin)
    }

    /// Somebody new with one role.
    func hire(_ login: String, _ role: Role, in union: String = "XN", uid: UInt32) async throws -> Principal {
        _ = try await door.perform(Self.newcomer(login, uid: uid), as: admin)
        _ = try await door.perform(GrantRole(user: login, role: role, organisation: union), as: admin)
        return try await door.authenticate(.peer(uid: uid))
    }
}

extension Office {
    /// Approves an account over what is shown of it, as the reviewer of the city where nobody else is named.
    @discardableResult
    func approve(
        _ account: UUID, despite: String? = nil, by approver: Principal? = nil
    ) async throws -> PayeeAccountView {
        let approver = approver ?? reviewer
        let sheet = try await door.answer(ShowAccountSheet(account: account), as: approver).sheet
        return try await door.perform(
            ApproveAccount(account: account, sheet: sheet, despite: despite), as: approver)
    }
}

extension AuditEntry {
    /// The leaf of one's own unions' entry.
    var told: String { leaf ?? "" }
}
