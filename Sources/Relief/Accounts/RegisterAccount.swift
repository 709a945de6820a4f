package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// An account's particulars, checked, before they are a row.
struct NewAccount: Sendable {
    let holder: String
    let bank: String
    let cnaps: String?
    let number: AccountNumber
    let kind: AccountKind

    /// Refuses all that is wrong at once.
    init(holder: String, bank: String, cnaps: String?, number: String, kind: AccountKind) throws {
        var problems = Problems()
        let account = try Self(
            holder: holder, bank: bank, cnaps: cnaps, number: number, kind: kind, problems: &problems)
        try problems.throwAny()
        guard let account else {
            throw Refusal.invalid(Phrase("The account's particulars must be complete.", "账户信息不完整。"))
        }
        self = account
    }

    /// nil where something is wrong; all of it is among the problems, under the fields' names.
    init?(
        holder: String, bank: String, cnaps: String?, number: String, kind: AccountKind, problems: inout Problems
    ) throws {
        // A firm's or union's name may have digits.
        let rule: NameText.Kind = kind == .corporate ? .institution : .person
        let name = try problems.collect {
            try NameText.checked(holder, rule, NameText.holder, field: "holder")
        }
        let place = try problems.collect {
            try NameText.checked(bank, .institution, NameText.bank, field: "bank")
        }
        let branch = try problems.collect { try AccountNumber.branch(cnaps) }
        let digits = try problems.collect { try AccountNumber(number, kind: kind) }
        guard let name, let place, let branch, let digits else { return nil }
        (self.holder, self.bank, self.cnaps, self.number, self.kind) = (name, place, branch, digits, kind)
    }

    /// The statement that makes the row; `usableFrom` is nil for an owner's first account of which nothing is doubtful: it
    /// is active at once.
    func insertion(
        _ id: UUID, owner: AccountOwner, usableFrom: Date?, doubts: [AccountDoubt], in context: CommandContext
    ) throws -> SQL {
        let sealed = try context.vault.seal(number.text, .account, row: id)
        let index = context.vault.blindIndex(number.text, .account)
        let state: AccountState = usableFrom == nil ? .active : .pending
        return """
            INSERT INTO relief.payee_account (id, person, organisation, holder, bank, cnaps, kind, account, account_index,
                account_masked, status, usable_from, registered_by, registered_at, doubts, org_path)
            VALUES (\(id), \(owner.person), \(owner.organisation), normalize(\(holder)), \(bank), \(cnaps), \(kind),
                    \(sealed), \(index), \(Mask.account(number.text)), \(state), \(usableFrom ?? context.now),
                    \(context.principal.user), \(context.now), \(doubts.map(\.rawValue)), \(owner.path)::ltree)
            """
    }
}

extension RegisterAccount: Executable {
    /// The first account of an owner is usable at once, where nothing of it is doubtful: it is in the owner's name and
    /// nobody else's, too, its number may be right, and no money is awarded yet that it would draw to itself. Another waits
    /// for its approval and its cooling-off time, and takes the place of one that still waited.
    package func execute(in context: CommandContext) async throws -> PayeeAccountView {
        let new = try NewAccount(holder: holder, bank: bank, cnaps: cnaps, number: number, kind: kind)
        let owner = try await AccountOwner.find(self.owner, in: context)
        context.concerns(owner.number)
        let transaction = context.transaction
        // Two accounts at once of an owner without any: the second must see the first.
        try await transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended(\(owner.number), 1))")
        let index = context.vault.blindIndex(new.number.text, .account)
        try await Accounts.lock([index], in: context)
        let isFirst = try await new.isFirst(of: owner, index: index, in: context)
        if !isFirst {
            try await transaction.execute(
                """
                UPDATE relief.payee_account SET status = 'retired' WHERE status = 'pending'
                AND (person = \(owner.person) OR organisation = \(owner.organisation))
                """)
        }
        let doubts = try await new.doubts(of: owner, index: index, isFirst: isFirst, in: context)
        let id = UUID()
        let usableFrom = isFirst && doubts.isEmpty ? nil : try await Accounts.endOfCoolingOff(in: context)
        try await transaction.execute(
            try new.insertion(id, owner: owner, usableFrom: usableFrom, doubts: doubts, in: context))
        return try await Accounts.view(id, in: context)
    }
}

extension NewAccount {
    /// Whether the owner had none before. Refuses an account that the owner has already.
    fileprivate func isFirst(of owner: AccountOwner, index: [UInt8], in context: CommandContext) async throws -> Bool {
        let earlier = try await context.transaction.query(
            """
            SELECT account_index = \(index) AND holder_key = relief.name_key(\(holder)) AS same, status
            FROM relief.payee_account WHERE person = \(owner.person) OR organisation = \(owner.organisation)
            """)
        for row in earlier {
            let (same, state): (Bool, AccountState) = (try row["same"], try row["status"])
            // In another name, as after a correction of the owner's, it is another account for all that is checked of it.
            guard same && state != .retired else { continue }
            throw Refusal.conflict(
                Phrase(
                    "\(owner.number) has this account already (\(state.rawValue)).",
                    "\(owner.number) 已登记此账户（\(state == .active ? "已启用" : "待核准")）。"), field: "number")
        }
        return earlier.isEmpty
    }

    fileprivate func doubts(
        of owner: AccountOwner, index: [UInt8], isFirst: Bool, in context: CommandContext
    ) async throws -> [AccountDoubt] {
        let row = try await context.transaction.one(
            """
            SELECT relief.name_key(\(holder)) <> relief.name_key(\(owner.name)) AS is_in_other_name,
                   relief.is_shared_account(\(index), \(owner.id)) AS is_shared,
                   relief.draws_awarded_money(\(owner.id)) AS is_awarded,
                   (SELECT min(w.place::text) FROM relief.awarded_places(\(owner.id)) AS w
                    WHERE w.is_due AND NOT relief.in_scope(w.place)) AS awarded_elsewhere
            """)
        var doubts: [AccountDoubt] = []
        if try row["is_in_other_name"] { doubts.append(.otherName) }
        if try row["is_shared"] {
            doubts.append(.shared)
            try await Accounts.noteClashes([(index, owner.number, owner.path)], in: context)
        }
        // Another account than the first waits for its approval anyhow.
        if try isFirst && row["is_awarded"] {
            doubts.append(.awarded)
            if let other: String = try row["awarded_elsewhere"] {
                context.met(Clash(.payeeAccount, asked: owner.number, own: owner.path, other: other))
            }
        }
        return doubts + number.doubts
    }
}

extension ApproveAccount: Executable {
    /// From now on the old account gets nothing more; the new one waits for the end of its cooling-off time. Nobody approves
    /// a doubtful account without having been told why it is: the first try is refused with the doubts.
    package func execute(in context: CommandContext) async throws -> PayeeAccountView {
        let found = try await Accounts.find(account, in: context)
        context.concerns(found.owner)
        guard found.state == .pending else {
            throw Refusal.conflict(
                Phrase(
                    "The account is \(found.state.rawValue), so there is nothing to approve.",
                    "该账户\(found.state == .active ? "已启用" : "已停用")，无需核准。"), field: "account")
        }
        let current = try await AccountSheet.current(account, in: context)
        guard try sheet == Sheets.id(of: JSON.encode(current)) else {
            throw Sheets.changed(Phrase("The account", "该账户"), look: "relief account sheet --account \(account)")
        }
        let doubts = try DoubtsInSight(
            await context.transaction.one(
                "SELECT \(Accounts.columns) FROM relief.payee_account a WHERE a.id = \(account)"))
        guard doubts.isWhole else {
            throw Refusal.conflict(AccountDoubt.sharedElsewhere.phrase, field: "account")
        }
        let despite = try await despite(found, in: context)
        let sheet = try await Sheets.keep(current, subject: current.account, in: context)
        context.noteSigned(sheet, unseen: unseen)
        try await context.transaction.execute(
            """
            UPDATE relief.payee_account a SET status = 'retired' FROM relief.payee_account new
            WHERE new.id = \(account) AND a.status = 'active'
              AND (a.person = new.person OR a.organisation = new.organisation)
            """)
        try await context.transaction.execute(
            """
            UPDATE relief.payee_account SET status = 'active', approved_by = \(context.principal.user),
                approved_at = \(context.now), approved_despite = \(despite), sheet = \(sheet) WHERE id = \(account)
            """)
        return try await Accounts.view(account, in: context)
    }

    /// Why it is approved in spite of its doubts; nil where it has none.
    private func despite(_ found: PayeeAccountView, in context: CommandContext) async throws -> String? {
        guard !found.warnings.isEmpty else { return nil }
        guard let despite else {
            throw Refusal.conflict(
                Phrase(
                    "The account is doubtful: look into it, and say why it is approved all the same (despite).",
                    "该账户存疑：请核实，并写明仍予核准的理由（despite）。"), field: "despite", details: found.warnings)
        }
        let why = try await PublicReason.checked(
            despite, field: "despite", without: [found.holder], in: context)
        context.note("despite", .string(why))
        return why
    }
}

extension RevealAccount: Executable {
    package func execute(in context: CommandContext) async throws -> Revealed {
        let found = try await Accounts.find(account, in: context)
        context.concerns(found.owner)
        context.note("field", "account")
        context.note("reason", .string(try await PublicReason.checked(reason, without: [found.holder], in: context)))
        let sealed: [UInt8] = try await context.transaction.value(
            "SELECT account FROM relief.payee_account WHERE id = \(account)")
        guard !sealed.isEmpty else {
            throw Refusal.conflict(
                Phrase("The number was erased with its owner's personal data.", "账号已随本人的个人信息一并删除。"), field: "account")
        }
        return Revealed(value: try context.vault.open(sealed, .account, row: account))
    }
}

extension Accounts {
    /// Makes registrations of the same numbers wait for one another: the second must see the first, whoever's it is. Always
    /// in one order, so that two rosters don't wait for each other for ever.
    static func lock(_ indexes: [[UInt8]], in context: some OperationContext) async throws {
        try await context.transaction.execute(
            """
            SELECT pg_advisory_xact_lock(locks.key) FROM (
              SELECT DISTINCT relief.account_lock(wanted) AS key FROM unnest(\(indexes)) AS wanted ORDER BY key) AS locks
            """)
    }

    static func find(_ id: UUID, in context: some OperationContext) async throws -> PayeeAccountView {
        let row = try await context.transaction.first(
            "SELECT \(columns) FROM relief.payee_account a WHERE a.id = \(id) FOR UPDATE")
        guard let row else { throw notFound }
        return try view(row)
    }
}
