import Contract
import FoundationEssentials
import Postgres

/// The personal values that leaves commit to, opened where their keys still are.
struct KeptChanges: Sendable {
    private var values: [Place: KeptValue] = [:]

    private struct Place: Hashable {
        let event: UUID
        let row: String
        let field: String
    }

    /// Of these events; the asker may read them.
    init(of events: [UUID], in context: some OperationContext) async throws {
        guard !events.isEmpty else { return }
        let rows = try await context.transaction.query(
            """
            SELECT c.event, c.person, c.sealed, k.salt FROM audit.kept_change c
            LEFT JOIN relief.person_key k ON k.person = c.person
            WHERE c.event = ANY (\(events)) AND (c.person IS NULL OR k.salt IS NOT NULL)
            """)
        for row in rows {
            let event: UUID = try row["event"]
            for value in try context.vault.logKey(salt: row["salt"]).open(row["sealed"], event: event) {
                values[Place(event: event, row: value.row, field: value.field)] = value
            }
        }
    }

    /// The changes of a leaf, field by field, as they are shown: personal values where they could be opened.
    func views(of leaf: Leaf, where isWanted: (RowChange) -> Bool = { _ in true }) -> [ChangeView] {
        (leaf.changes ?? []).filter(isWanted).flatMap { change in
            change.fields.sorted { $0.key < $1.key }.map { name, field in
                let row = "\(change.table) \(change.row)"
                let kept = values[Place(event: leaf.event, row: row, field: name)]
                let isPersonal = field.old == nil && field.new == nil
                let isShown = !isPersonal || (kept != nil && !Self.neverShown.contains(name))
                return ChangeView(
                    table: change.table, row: change.row, op: change.op.rawValue, field: name,
                    old: isShown ? field.old ?? kept?.old : nil, new: isShown ? field.new ?? kept?.new : nil,
                    isPersonal: isPersonal, isHidden: !isShown)
            }
        }
    }

    /// What would tell more of an identity number or account than a mask does.
    private static let neverShown: Set<String> = [
        "id_index", "phone_index", "account_index",
    ]
}
