import Postgres

/// The tables that the log answers for, known to the program itself: a database that was told to watch fewer is found.
enum WatchedTables {
    static let names: Set<String> = [
        "ledger.earmark", "ledger.transfer", "relief.amendment", "relief.app_user", "relief.archive", "relief.award",
        "relief.bank_file", "relief.bank_line", "relief.bank_line_resolution", "relief.bank_match",
        "relief.bank_message", "relief.calendar_day",
        "relief.case_file", "relief.case_step",
        "relief.decision", "relief.employer", "relief.evidence", "relief.figure", "relief.follow_up", "relief.fund",
        "relief.household",
        "relief.household_member", "relief.instalment", "relief.kinship", "relief.means_check", "relief.membership",
        "relief.notice", "relief.notice_item", "relief.objection", "relief.organisation", "relief.organisation_parent",
        "relief.parameter", "relief.payee_account", "relief.payment", "relief.person", "relief.programme_version",
        "relief.remittance", "relief.run", "relief.sheet", "relief.token", "relief.user_grant", "relief.visit",
    ]

    /// Counters and keys, fixed lists, and what of the books `sql/checks` derives from their entries.
    static let exceptions: Set<String> = [
        "ledger.account", "ledger.open_hold", "ledger.refusal", "relief.command_key", "relief.counter",
        "relief.incompatible_roles", "relief.payment_move",
    ]

    /// Every table to be held against the log, and what is wrong with how the tables are watched.
    static func examine(in transaction: Transaction) async throws -> (tables: [String], problems: [String: String]) {
        let present = try await transaction.query(
            """
            SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('relief', 'ledger') AND c.relkind IN ('r', 'p')
            """
        ).names()
        let noting = try await transaction.query("SELECT name FROM audit.noting").names()
        let logged = try await transaction.query("SELECT DISTINCT tbl AS name FROM audit.row_digest").names()
        var problems: [String: String] = [:]
        for table in present.subtracting(names).subtracting(exceptions) {
            problems[table] = "this version of the program knows no such table"
        }
        for table in names.union(logged) {
            if !present.contains(table) {
                problems[table] = "the table is gone"
            } else if !noting.contains(table) {
                problems[table] = "its changes are no longer noted: a trigger is missing or disabled"
            }
        }
        return (names.union(logged).union(noting).intersection(present).sorted(), problems)
    }
}

extension Collection<Row> {
    fileprivate func names() throws -> Set<String> {
        Set(try map { try $0["name"] as String })
    }
}
