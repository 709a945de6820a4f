package import Contract
import FoundationEssentials
import Postgres

/// What whoever approves an account signs, as canonical JSON. Names stand in it as a keyed digest with bank and number, so
/// that erasing a person leaves the sheet whole.
struct AccountSheet: Codable {
    let version: Int
    let account: String
    let owner: String
    let bank: String
    let number: String
    let kind: AccountKind
    let payeeDigest: String
    let doubts: [String]
    let registeredBy: String
    let registeredAt: Date
    let usableFrom: Date

    /// The sheet of an account as it would be approved now, doubts of today among them.
    static func current(_ account: UUID, in context: some OperationContext) async throws -> AccountSheet {
        try await found(account, in: context).sheet
    }

    fileprivate struct Found {
        let sheet: AccountSheet
        let view: PayeeAccountView
        let doubts: DoubtsInSight
        let ownerName: String?
        /// What was approved; nil where nobody approved it.
        let approved: String?
        let isErased: Bool
    }

    fileprivate static func found(_ account: UUID, in context: some OperationContext) async throws -> Found {
        let row = try await context.transaction.first(
            """
            SELECT \(Accounts.columns), a.account_index, a.account = ''::bytea AS is_erased, a.registered_at, a.sheet,
                   (SELECT u.login FROM relief.app_user u WHERE u.id = a.registered_by) AS registrar,
                   coalesce((SELECT p.name FROM relief.person p WHERE p.id = a.person),
                            (SELECT o.name FROM relief.organisation o WHERE o.id = a.organisation)) AS owner_name
            FROM relief.payee_account a WHERE a.id = \(account)
            """)
        guard let row else { throw Accounts.notFound }
        let (view, doubts, index): (PayeeAccountView, DoubtsInSight, [UInt8]) = (
            try Accounts.view(row), try DoubtsInSight(row), try row["account_index"]
        )
        let digest = context.vault.blindIndex(
            "\(view.holder)\u{0}\(view.bank)\u{0}\(view.cnaps ?? "")\u{0}\(Hex.encode(index))", .account)
        return Found(
            sheet: AccountSheet(
                version: StoredForm.version, account: account.uuidString.lowercased(), owner: view.owner,
                bank: view.bank, number: view.number, kind: view.kind, payeeDigest: Hex.encode(digest),
                doubts: doubts.signed.map(\.rawValue), registeredBy: try row["registrar"],
                registeredAt: try row["registered_at"], usableFrom: try row["usable_from"]),
            view: view, doubts: doubts, ownerName: try row["owner_name"], approved: try row["sheet"],
            isErased: try row["is_erased"])
    }
}

extension ShowAccountSheet: Answerable {
    package func answer(in context: QueryContext) async throws -> AccountSheetView {
        let found = try await AccountSheet.found(account, in: context)
        var content = String(decoding: try JSON.encode(found.sheet), as: UTF8.self)
        var (id, shown) = (Sheets.id(of: Data(content.utf8)), found.sheet)
        // The one of today is kept only once it is signed.
        if let wanted = sheet ?? found.approved, wanted.count < 8 || !id.hasPrefix(wanted.lowercased()) {
            let kept = try await Sheets.find(wanted, of: shown.account, in: context)
            (content, id, shown) = (kept.content, kept.id, try kept.decode(AccountSheet.self))
        }
        return AccountSheetView(
            account: account, sheet: id, state: found.view.state, owner: shown.owner, ownerName: found.ownerName,
            holder: found.isErased ? nil : found.view.holder, bank: shown.bank, cnaps: found.view.cnaps,
            number: shown.number, kind: shown.kind, usableFrom: shown.usableFrom, registeredBy: shown.registeredBy,
            registeredAt: shown.registeredAt,
            doubts: shown.doubts.flatMap(found.doubts.reading).map(\.phrase), content: content)
    }
}
