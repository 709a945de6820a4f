import Contract
import FoundationEssentials
import Postgres

/// What a command changed, as its leaf may say it, with the personal values that are kept beside it.
struct ToldChanges: Sendable {
    /// One change, and the personal values that its commitments are of.
    struct Told: Sendable {
        let change: RowChange
        let kept: [KeptValue]
        let key: LogKey?
    }

    private(set) var told: [Told] = []
    /// Paths of the unions whose the changed rows are.
    private(set) var paths: Set<String> = []

    /// Looks up whom the rows are about, and decides field by field: as it is, committed to, or silent.
    init(_ rows: [NotedRow], of event: UUID, vault: Vault, in transaction: Transaction) async throws {
        let owners = try await Self.owners(of: rows, in: transaction)
        paths = Set(owners.values.compactMap(\.path))
        for row in rows {
            let table = WatchedTables.all[row.table] ?? WatchedTable("")
            let owner = table.owner(of: row).flatMap { owners[$0.id] }
            if let told = try Self.tell(row, as: table, owner, event: event, vault: vault) { self.told.append(told) }
        }
    }

    private static func tell(
        _ row: NotedRow, as table: WatchedTable, _ owner: Owner?, event: UUID, vault: Vault
    ) throws -> Told? {
        // Nothing is kept about somebody who is erased.
        let key = owner?.person == nil || owner?.salt != nil ? vault.logKey(salt: owner?.salt) : nil
        var (fields, kept) = ([String: RowChange.Field](), [KeptValue]())
        for (name, value) in row.fields where name != "id" && !table.silent.contains(name) {
            if table.open.contains(name) {
                fields[name] = RowChange.Field(old: value.old, new: value.new)
                continue
            }
            if table.named.contains(name) {
                fields[name] = RowChange.Field()
                continue
            }
            let place = "\(row.table) \(row.row)"
            fields[name] = RowChange.Field(
                oldMAC: try value.old.flatMap { try key?.commitment(to: $0, .old, of: name, in: place, event: event) },
                newMAC: try value.new.flatMap { try key?.commitment(to: $0, .new, of: name, in: place, event: event) })
            if key != nil { kept.append(KeptValue(row: place, field: name, old: value.old, new: value.new)) }
        }
        guard !fields.isEmpty else { return nil }
        kept.sort { $0.field < $1.field }
        let change = RowChange(
            table: row.table, row: row.row, op: row.op, person: kept.isEmpty ? nil : owner?.person, fields: fields)
        return Told(change: change, kept: kept, key: key)
    }

    /// Whom something is about, and whose union's it is.
    private struct Owner {
        let person: UUID?
        let salt: UUID?
        let path: String?
    }

    private static func owners(of rows: [NotedRow], in transaction: Transaction) async throws -> [UUID: Owner] {
        let asked = Set(
            rows.compactMap { row in
                WatchedTables.all[row.table]?.owner(of: row).map { Asked(kind: $0.kind, id: $0.id) }
            })
        guard !asked.isEmpty else { return [:] }
        let (kinds, ids) = (asked.map(\.kind.rawValue), asked.map(\.id))
        let found = try await transaction.query(
            "SELECT id, person, salt, org_path FROM relief.log_owners(\(kinds)::text[], \(ids)::uuid[])")
        return try Dictionary(
            found.map { row in
                (
                    try row["id"] as UUID,
                    Owner(person: try row["person"], salt: try row["salt"], path: try row["org_path"])
                )
            }, uniquingKeysWith: { $0.person == nil ? $1 : $0 })
    }

    private struct Asked: Hashable {
        let kind: WatchedTable.Owner
        let id: UUID
    }

    /// The kept values of the first `count` changes, sealed, one parcel for each person.
    func sealed(first count: Int, of event: UUID) throws -> [(person: UUID?, sealed: [UInt8])] {
        var parcels: [UUID?: (key: LogKey, values: [KeptValue])] = [:]
        for told in told.prefix(count) {
            guard let key = told.key, !told.kept.isEmpty else { continue }
            parcels[told.change.person, default: (key, [])].values += told.kept
        }
        return try parcels.map { ($0.key, try $0.value.key.seal($0.value.values, event: event)) }
    }
}
