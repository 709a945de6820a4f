import Contract
import Postgres

/// What stands guard in the database and can be switched off without a trace in any row: triggers, row-level security, the
/// fixed lists that laws are read from. A law that was rewritten is not found by this.
enum Guards {
    /// What is switched off or differs, each with its place.
    static func examine(in transaction: Transaction) async throws -> [(place: String, problem: String)] {
        let rows = try await transaction.query(
            """
            SELECT n.nspname || '.' || c.relname || ', trigger ' || t.tgname AS place, 'it is disabled' AS problem
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('relief', 'ledger', 'audit', 'jobs') AND t.tgenabled NOT IN ('O', 'A')
            UNION ALL
            SELECT n.nspname || '.' || c.relname, 'its row-level security is off'
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('relief', 'ledger', 'audit')
              AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
              AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
            ORDER BY 1
            """)
        var problems: [(String, String)] = try rows.map { (try $0["place"], try $0["problem"]) }
        let pairs = try await transaction.query("SELECT role, other FROM relief.incompatible_roles")
        if Set(try pairs.map { Set([try $0["role"] as String, try $0["other"]]) })
            != Set(Role.incompatible.map { Set($0.map(\.rawValue)) })
        {
            problems.append(("relief.incompatible_roles", "it is not what this version of the program knows"))
        }
        let moves = try await transaction.query(#"SELECT "from", "to" FROM relief.payment_move"#)
        let known = PaymentLife.moves.flatMap { from, to in to.map { "\(from.rawValue) \($0.rawValue)" } }
        if Set(try moves.map { "\(try $0["from"] as String) \(try $0["to"] as String)" }) != Set(known) {
            problems.append(("relief.payment_move", "it is not what this version of the program knows"))
        }
        let life = try await transaction.query(#"SELECT "from", "to", requires FROM relief.case_move"#)
        let lived = CaseLife.moves.map { [$0.from?.rawValue, $0.to.rawValue, $0.requires?.rawValue] }
        if Set(try life.map { [try $0["from"] as String?, try $0["to"], try $0["requires"]] }) != Set(lived) {
            problems.append(("relief.case_move", "it is not what this version of the program knows"))
        }
        return problems
    }
}
