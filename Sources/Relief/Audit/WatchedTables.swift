import Contract
import FoundationEssentials
import Postgres

/// A table that the log answers for, and what of its changes stands in a leaf.
struct WatchedTable: Sendable {
    /// How a row leads to the person that it is about: what the id in that column is an id of.
    enum Owner: String, Sendable {
        case person, household, item, payment
        case caseFile = "case"
    }

    /// Fields that stand in a leaf as they are: states, amounts, days, codes, ids; never what tells of a person.
    ///
    /// Every other is personal: its leaf has commitments. So a column that nobody thought of is kept from the log.
    let open: Set<String>
    /// Fields that say nothing of their own: what is generated from others, salts, what the leaf has itself.
    let silent: Set<String>
    /// Ciphertexts and what is known by its digest: that they changed is told, no more.
    let named: Set<String>
    let owner: (kind: Owner, column: String)?

    init(_ open: String, silent: String = "", named: String = "", owner: Owner? = nil, by column: String = "case_id") {
        self.open = Set(open.split(separator: " ").map(String.init))
        self.silent = Set(silent.split(separator: " ").map(String.init))
        self.named = Set(named.split(separator: " ").map(String.init))
        self.owner = owner.map { ($0, column) }
    }

    /// What a changed row is about; nil where it is about nobody.
    func owner(of row: NotedRow) -> (kind: Owner, id: UUID)? {
        guard let owner else { return nil }
        if owner.column == "id" { return UUID(uuidString: row.row).map { (owner.kind, $0) } }
        guard case .string(let id)? = row.keys[owner.column] else { return nil }
        return UUID(uuidString: id).map { (owner.kind, $0) }
    }
}

/// The tables that the log answers for, known to the program itself: a database that was told to watch fewer is found.
enum WatchedTables {
    static let all: [String: WatchedTable] = [
        "ledger.earmark": .init("account_id item allowed valid_from valid_to source", silent: "seq at"),
        "ledger.transfer": .init(
            "kind debit credit amount released pending_id corrects_id code item reference business_day expires_at",
            silent: "seq at"),
        "relief.amendment": .init("case_id round amended_by", silent: "event", owner: .caseFile),
        "relief.app_user": .init(
            "login unix_uid person linked_by who disabled_at created_by created_at", silent: "salt", owner: .person,
            by: "person"),
        "relief.archive": .init(
            "household case_id level archived_on retest_on retest_due_at ended_at", owner: .household, by: "household"),
        "relief.award": .init(
            """
            case_id amount item fund sheet approvals_needed archived_on archive_waived rule_passed_at notice_closed_at \
            notice_waived approved_at stopped_at
            """, owner: .caseFile),
        "relief.bank_file": .init("run name format message_id sha256 created_at", named: "content"),
        "relief.bank_line": .init(
            "message ordinal saying reference bank_reference amount day class payment run org_id", owner: .payment,
            by: "payment"),
        "relief.bank_line_resolution": .init("line resolved_by resolved_at"),
        "relief.bank_match": .init(
            "line payment run becomes day proposed_by proposed_at confirmed_by confirmed_at", owner: .payment,
            by: "payment"),
        "relief.bank_message": .init("sha256 scope kind message_id lines imported_by imported_at"),
        "relief.calendar_day": .init("day working name source"),
        "relief.case_file": .init(
            """
            number programme_version programme org_id org_path household person employer period state step round sheet \
            opened_by opened_at submitted_by submitted_at first_submitted_on rule_passed_at notice_closed_at approved_at \
            closed_at closed_by outcome
            """, silent: "number_key grantee", owner: .caseFile, by: "id"),
        "relief.case_step": .init(
            "case_id ordinal kind title state opened_at due_on overdue_at done_at", owner: .caseFile),
        "relief.confirmation": .init("kind org_id org_path asked_by asked_at settled_by settled_at"),
        "relief.decision": .init(
            "case_id step kind outcome decided_by sheet version decided_at", owner: .caseFile),
        "relief.employer": .init("kind org_id org_path created_at", silent: "name_key"),
        "relief.evidence": .init("case_id kind media_type size sha256 added_by added_at", owner: .caseFile),
        "relief.figure": .init("name kind title defined_by defined_at"),
        "relief.follow_up": .init("case_id done_on manner recorded_by recorded_at", owner: .caseFile),
        "relief.fund": .init(
            "code name org_id org_path source year serves bank cnaps net_account bank_account created_by created_at",
            named: "account"),
        "relief.household": .init(
            "number head org_id org_path created_at", silent: "number_key salt", owner: .household, by: "id"),
        "relief.household_member": .init("household person valid", owner: .person, by: "person"),
        "relief.instalment": .init("award case_id ordinal due_on amount state hold", owner: .caseFile),
        "relief.kinship": .init("", owner: .person, by: "person"),
        "relief.means_check": .init("case_id checked_on recorded_by recorded_at", owner: .caseFile),
        "relief.membership": .init("person org_id valid", owner: .person, by: "person"),
        "relief.notice": .init(
            "number programme org_id org_path starts_on working_days state published_by published_at closed_at",
            silent: "number_key"),
        "relief.notice_item": .init(
            "notice case_id category amount state closes_on paused_on closed_at", owner: .caseFile),
        "relief.objection": .init("item raised_at state resolved_by resolved_at", owner: .item, by: "item"),
        "relief.organisation": .init(
            "code name level line path region created_at", silent: "name_key"),
        "relief.organisation_parent": .init("organisation parent line fund_parent valid"),
        "relief.parameter": .init(
            "name org_id org_path valid value source set_by set_at confirmed_by confirmed_at"),
        "relief.payee_account": .init(
            """
            person organisation kind status usable_from registered_by registered_at approved_by approved_at doubts org_path
            """, silent: "holder_key", named: "account", owner: .person, by: "person"),
        "relief.payment": .init(
            """
            reference run instalment case_id attempt payee_account amount state hold posting reason_code bank_reference \
            sent_at accepted_at booked_on returned_on reissued_by disproved_by org_path created_at
            """, owner: .caseFile),
        "relief.person": .init(
            "number org_id org_path erased_at created_at", silent: "number_key name_key salt", named: "id_number phone",
            owner: .person, by: "id"),
        "relief.programme_version": .init(
            """
            programme version title kind pack digest needs_archive has_notice bands state added_by added_at released_by \
            released_at
            """),
        "relief.remittance": .init("employer org_path year quarter amount imported_by imported_at"),
        "relief.run": .init(
            """
            number fund org_path programme up_to execute_on state payments total sheet prepared_by prepared_at checked_by \
            checked_at approved_by approved_at released_by released_at filed_at reconciled_at cancelled_at
            """, silent: "number_key"),
        "relief.sheet": .init("subject created_at", named: "content"),
        "relief.token": .init("user_id days issued_by renewed_from expires_at revoked_at created_at", named: "hash"),
        "relief.user_grant": .init("user_id role org_id org_path granted_by granted_at"),
        "relief.visit": .init("case_id visited_on visitor companion recorded_by recorded_at", owner: .caseFile),
    ]

    static let names = Set(all.keys)

    /// Counters and keys, fixed lists, and what of the books `sql/checks` derives from their entries.
    static let exceptions: Set<String> = [
        "ledger.account", "ledger.open_hold", "ledger.refusal", "relief.command_key", "relief.counter",
        "relief.case_move", "relief.incompatible_roles", "relief.payment_move", "relief.person_key",
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
