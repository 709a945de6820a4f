import BankFiles
import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// An instalment on its way into a run: who gets it, where, and what stands against paying it.
struct Payable: Sendable {
    let instalment: UUID
    let ordinal: Int
    let caseID: UUID
    let caseNumber: String
    let casePath: String
    let amount: Fen
    let hold: UUID?
    /// Payments of the instalment that ended before.
    let attempt: Int
    /// Number of the payee: a person's, or a union's code.
    let payee: String?
    let account: UUID?
    let bank: String
    let cnaps: String?
    let holder: String
    let accountMasked: String
    let accountCipher: [UInt8]
    /// Why it can't be paid now; nil if nothing is against it.
    let obstacle: String?

    /// The instalments of a fund's awards, due or in a run, with the account that each goes to: the person's whom the case
    /// is about, else the head's of the household; an employer's refund goes to its union. `condition` narrows them.
    static func list(_ condition: SQL, in context: some OperationContext) async throws -> [Payable] {
        // The condition keeps to what the asker may see; the payee may be registered elsewhere.
        let rows = try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT i.id, i.ordinal, i.amount, i.hold, c.id AS case_id, c.number, c.org_path::text AS org_path,
                       (SELECT count(*) FROM relief.payment p WHERE p.instalment = i.id
                        AND p.state IN ('rejected', 'returned', 'reissued', 'cancelled')) AS attempt,
                       coalesce(payee.number, union_of.code) AS payee, a.id AS account, a.bank, a.cnaps, a.holder,
                       a.account_masked, a.account AS cipher,
                       CASE
                         WHEN relief.is_contradicted(i.id)
                           THEN 'the bank contradicted itself about a payment of it: settle its line (relief bank list)'
                         WHEN w.stopped_at IS NOT NULL THEN 'the award was stopped'
                         WHEN c.state = 'suspended' THEN 'the case is suspended'
                         WHEN person.died_on IS NOT NULL OR payee.died_on IS NOT NULL THEN 'the payee has died'
                         WHEN w.archived_on IS NOT NULL AND NOT EXISTS (
                           SELECT FROM relief.archive f WHERE f.household = c.household AND f.ended_at IS NULL)
                           THEN 'the household''s archive has ended'
                         WHEN i.hold IS NULL THEN 'no money is held for it'
                         WHEN a.id IS NULL AND EXISTS (
                           SELECT FROM relief.payee_account q
                           WHERE q.status = 'pending' AND (q.person = payee.id OR q.organisation = union_of.id))
                           THEN 'the payee''s account waits for its approval'
                         WHEN a.id IS NULL THEN 'the payee has no active account'
                         WHEN a.approved_by IS NULL AND a.holder_key <> coalesce(payee.name_key, union_of.name_key)
                           THEN 'the payee''s account is in another name, and nobody approved it: register it anew'
                         WHEN a.usable_from > \(context.now) THEN 'the payee''s account is new and may not be used yet'
                       END AS obstacle
                FROM relief.instalment i JOIN relief.award w ON w.id = i.award JOIN relief.case_file c ON c.id = i.case_id
                LEFT JOIN relief.person person ON person.id = c.person
                LEFT JOIN relief.household h ON h.id = c.household
                LEFT JOIN relief.employer e ON e.id = c.employer
                LEFT JOIN relief.organisation union_of ON union_of.id = e.org_id AND c.person IS NULL AND c.household IS NULL
                LEFT JOIN LATERAL (
                  SELECT n.* FROM relief.person n WHERE n.id IN (c.person, h.head)
                  ORDER BY EXISTS (SELECT FROM relief.payee_account q WHERE q.person = n.id AND q.status = 'active') DESC,
                           n.id = c.person DESC LIMIT 1) AS payee ON true
                LEFT JOIN relief.payee_account a ON a.status = 'active'
                  AND (a.person = payee.id OR a.organisation = union_of.id)
                \(condition)
                ORDER BY c.number_key, i.ordinal
                """)
        }
        return try rows.map(Payable.init)
    }

    init(_ row: Row) throws {
        instalment = try row["id"]
        ordinal = try row["ordinal"]
        caseID = try row["case_id"]
        caseNumber = try row["number"]
        casePath = try row["org_path"]
        amount = try row["amount"]
        hold = try row["hold"]
        attempt = try row["attempt"]
        payee = try row["payee"]
        account = try row["account"]
        bank = try row["bank"] ?? ""
        cnaps = try row["cnaps"]
        holder = try row["holder"] ?? ""
        accountMasked = try row["account_masked"] ?? ""
        accountCipher = try row["cipher"] ?? []
        obstacle = try row["obstacle"]
    }

    /// As people name it: case and ordinal.
    var name: String { "\(caseNumber)/\(ordinal)" }
    /// What stands against paying it, as a sentence.
    var heldUp: Phrase? { obstacle.map { Phrase(asGiven: "\(name): \($0).") } }
    var reference: String { Payment.reference(instalment: instalment, attempt: attempt) }
}

/// What checker, approver and cashier sign: every payment of a run, as canonical JSON.
///
/// Names stand in it as a keyed digest with bank and account number, so that erasing a person leaves the sheet whole, and
/// an account changed after it was signed shows.
struct RunSheet: Codable {
    struct Line: Codable {
        let reference: String
        let instalment: String
        let payee: String
        let bank: String
        let account: String
        let payeeDigest: String
        let amount: Fen
    }

    /// nil: of the first version.
    let version: Int?
    let run: String
    let fund: String
    let fundAccount: String
    var executeOn: Day
    let count: Int
    let total: Fen
    let lines: [Line]

    init(run: String, fund: Fund, executeOn: Day, _ payables: [Payable], in context: CommandContext) throws {
        version = StoredForm.version
        self.run = run
        self.fund = fund.code
        fundAccount = fund.accountMasked
        self.executeOn = executeOn
        count = payables.count
        total = payables.reduce(.zero) { $0 + $1.amount }
        lines = try payables.map { payable in
            let account = try payable.openAccount(in: context)
            let digest = context.vault.blindIndex(
                "\(payable.holder)\u{0}\(payable.bank)\u{0}\(payable.cnaps ?? "")\u{0}\(account)", .account)
            return Line(
                reference: payable.reference, instalment: payable.name, payee: payable.payee ?? "", bank: payable.bank,
                account: payable.accountMasked, payeeDigest: Hex.encode(digest), amount: payable.amount)
        }.sorted { $0.reference < $1.reference }
    }
}

extension Payable {
    /// As the bank is told to pay it.
    func transfer(in context: some OperationContext) throws -> CreditTransfer {
        CreditTransfer(
            endToEndID: reference, amount: amount.rawValue, creditorName: holder,
            creditorAccount: try openAccount(in: context), creditorAgent: cnaps, remittance: name)
    }

    func openAccount(in context: some OperationContext) throws -> String {
        guard let account else { return "" }
        return try context.vault.open(accountCipher, .account, row: account)
    }
}
