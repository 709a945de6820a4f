package import Contract
package import FoundationEssentials
import Ledger
import Postgres

/// A fund (专项资金): money from one source, earmarked, in a set of books and a bank account of its own.
package struct Fund: Sendable {
    package let id: UUID
    package let code: String
    package let name: String
    package let organisation: UUID
    /// `ltree` of its union.
    package let path: String
    package let source: FundSource
    package let year: Int
    package let donorIntent: String?
    /// Programmes it pays for; empty = any whose item it allows.
    package let serves: [String]
    package let bank: String
    package let cnaps: String?
    package let holder: String
    package let accountMasked: String
    /// The fund's bank account, encrypted.
    let account: [UInt8]
    /// In the books: what may still be spent.
    let netAccount: UUID
    /// In the books: what lies at the bank.
    let bankAccount: UUID

    static let columns: SQL = """
        f.id, f.code, f.name, f.org_id, f.org_path::text AS org_path, f.source, f.year, f.donor_intent, f.serves, f.bank,
        f.cnaps, f.holder, f.account_masked, f.account, f.net_account, f.bank_account
        """

    init(_ row: Row) throws {
        id = try row["id"]
        code = try row["code"]
        name = try row["name"]
        organisation = try row["org_id"]
        path = try row["org_path"]
        source = try row["source"]
        year = try row["year"]
        donorIntent = try row["donor_intent"]
        serves = try row["serves"]
        bank = try row["bank"]
        cnaps = try row["cnaps"]
        holder = try row["holder"]
        accountMasked = try row["account_masked"]
        account = try row["account"]
        netAccount = try row["net_account"]
        bankAccount = try row["bank_account"]
    }

    /// The fund of a code, where the asker may see it.
    static func find(_ code: String, field: String? = "fund", in context: some OperationContext) async throws -> Fund {
        let row = try await context.transaction.first(
            "SELECT \(columns) FROM relief.fund f WHERE f.code = \(code)")
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no fund \(code); check the code (relief fund list).",
                    "没有资金\(code)；请核对代码（relief fund list）。"), field: field)
        }
        return try Fund(row)
    }

    static func find(id: UUID, in context: some OperationContext) async throws -> Fund {
        try Fund(await context.transaction.one("SELECT \(columns) FROM relief.fund f WHERE f.id = \(id)"))
    }
}

extension FundSource: ParameterEncodable, ColumnDecodable {}
