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
        self.holder = holder.trimmingWhitespace
        self.bank = bank.trimmingWhitespace
        self.kind = kind
        if self.holder.isEmpty || !self.holder.isOneLine {
            problems.add("Give the name on the account, as the bank has it, on one line.", field: "holder")
        }
        if self.bank.isEmpty || !self.bank.isOneLine { problems.add("Give the bank, on one line.", field: "bank") }
        let branch = try problems.collect { try AccountNumber.branch(cnaps) }
        let digits = try problems.collect { try AccountNumber(number, kind: kind) }
        try problems.throwAny()
        guard let branch, let digits else { throw Refusal.invalid("The account's particulars are not complete.") }
        (self.cnaps, self.number) = (branch, digits)
    }

    /// The statement that makes the row; `usableFrom` is nil for an owner's first account of which nothing is doubtful: it
    /// is active at once.
    func insertion(
        _ id: UUID, owner: AccountOwner, usableFrom: Date?, in context: CommandContext
    ) throws -> SQL {
        let sealed = try context.vault.seal(number.text, .account, row: id)
        let index = context.vault.blindIndex(number.text, .account)
        let state: AccountState = usableFrom == nil ? .active : .pending
        return """
            INSERT INTO relief.payee_account (id, person, organisation, holder, bank, cnaps, kind, account, account_index,
                account_masked, status, usable_from, registered_by, registered_at, org_path)
            VALUES (\(id), \(owner.person), \(owner.organisation), \(holder), \(bank), \(cnaps), \(kind), \(sealed),
                    \(index), \(Mask.account(number.text)), \(state), \(usableFrom ?? context.now),
                    \(context.principal.user), \(context.now), \(owner.path)::ltree)
            """
    }
}

extension RegisterAccount: Executable {
    /// The first account of an owner is usable at once, where it is in the owner's name and nobody else's, too, and no money
    /// is awarded yet that it would draw to itself. Another waits for its approval and its cooling-off time, and takes the
    /// place of one that still waited.
    package func execute(in context: CommandContext) async throws -> PayeeAccountView {
        let new = try NewAccount(holder: holder, bank: bank, cnaps: cnaps, number: number, kind: kind)
        let owner = try await AccountOwner.find(self.owner, in: context)
        context.concerns(owner.number)
        let transaction = context.transaction
        // Two accounts at once of an owner without any: the second must see the first.
        try await transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended(\(owner.number), 1))")
        let index = context.vault.blindIndex(new.number.text, .account)
        try await Accounts.lock([index], in: context)
        let earlier = try await transaction.query(
            """
            SELECT account_index = \(index) AS same, holder, status FROM relief.payee_account
            WHERE person = \(owner.person) OR organisation = \(owner.organisation)
            """)
        for row in earlier {
            let (same, state): (Bool, AccountState) = (try row["same"], try row["status"])
            // In another name, as after a correction of the owner's, it is another account for all that is checked of it.
            if same && state != .retired, new.holder.isSameText(as: try row["holder"]) {
                throw Refusal.conflict("\(owner.number) has this account already (\(state.rawValue)).", field: "number")
            }
        }
        let isFirst = earlier.isEmpty
        let doubt = try await transaction.one(
            """
            SELECT relief.is_shared_account(\(index), \(owner.id)) AS shared, relief.draws_awarded_money(\(owner.id)) AS awarded
            """)
        let (isShared, isAwarded): (Bool, Bool) = (try doubt["shared"], try doubt["awarded"])
        if !isFirst {
            try await transaction.execute(
                """
                UPDATE relief.payee_account SET status = 'retired' WHERE status = 'pending'
                AND (person = \(owner.person) OR organisation = \(owner.organisation))
                """)
        }
        let id = UUID()
        let isPlain = isFirst && !isShared && !isAwarded && new.holder.isSameText(as: owner.name)
        let usableFrom = isPlain ? nil : try await Accounts.endOfCoolingOff(in: context)
        try await transaction.execute(try new.insertion(id, owner: owner, usableFrom: usableFrom, in: context))
        let warnings = new.number.warnings + (isFirst && isAwarded ? [Accounts.awarded] : [])
        return try await Accounts.view(id, warnings: warnings, in: context)
    }
}

extension ApproveAccount: Executable {
    /// From now on the old account gets nothing more; the new one waits for the end of its cooling-off time.
    package func execute(in context: CommandContext) async throws -> PayeeAccountView {
        let found = try await Accounts.find(account, in: context)
        context.concerns(found.owner)
        guard found.state == .pending else {
            throw Refusal.conflict(
                "The account is \(found.state.rawValue), so there is nothing to approve.", field: "account")
        }
        try await context.transaction.execute(
            """
            UPDATE relief.payee_account a SET status = 'retired' FROM relief.payee_account new
            WHERE new.id = \(account) AND a.status = 'active'
              AND (a.person = new.person OR a.organisation = new.organisation)
            """)
        try await context.transaction.execute(
            """
            UPDATE relief.payee_account SET status = 'active', approved_by = \(context.principal.user),
                approved_at = \(context.now) WHERE id = \(account)
            """)
        return try await Accounts.view(account, in: context)
    }
}

extension RevealAccount: Executable {
    package func execute(in context: CommandContext) async throws -> Revealed {
        let found = try await Accounts.find(account, in: context)
        context.concerns(found.owner)
        context.note("field", "account")
        context.note("reason", .string(try PublicReason.checked(reason, without: [found.holder])))
        let sealed: [UInt8] = try await context.transaction.value(
            "SELECT account FROM relief.payee_account WHERE id = \(account)")
        guard !sealed.isEmpty else {
            throw Refusal.conflict("The number was erased with its owner's personal data.", field: "account")
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
        guard let row else { throw Refusal.notFound("There is no such account.", field: "account") }
        return try view(row)
    }
}
