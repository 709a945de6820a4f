import Contract
import FoundationEssentials
import Postgres

/// Holds the personal values that are kept beside the log against the leaves that commit to them.
enum KeptExamination {
    private struct Parcel: Hashable {
        let event: UUID
        let person: UUID?
    }

    static func run(in context: QueryContext) async throws -> [VerifyFinding] {
        let transaction = context.transaction
        var salts: [UUID: UUID] = [:]
        for row in try await transaction.query("SELECT person, salt FROM relief.person_key") {
            salts[try row["person"]] = try row["salt"]
        }
        var findings = try await keysGone(in: context)
        var (kept, damaged) = ([Parcel: [KeptValue]](), Set<Parcel>())
        for row in try await transaction.query("SELECT event, person, sealed FROM audit.kept_change") {
            let parcel = Parcel(event: try row["event"], person: try row["person"])
            let salt = parcel.person.flatMap { salts[$0] }
            guard parcel.person == nil || salt != nil else { continue }
            do {
                kept[parcel] = try context.vault.logKey(salt: salt).open(row["sealed"], event: parcel.event)
            } catch {
                damaged.insert(parcel)
                findings.append(finding(parcel.event, "\(error)"))
            }
        }
        let events = try await transaction.query(
            "SELECT id, leaf FROM audit.event WHERE strpos(convert_from(leaf, 'UTF8'), 'MAC\"') > 0 ORDER BY seq")
        for row in events {
            guard let leaf = try? Leaf(decoding: row["leaf"]) else { continue }
            for person in leaf.committed where person == nil || person.flatMap({ salts[$0] }) != nil {
                let parcel = Parcel(event: leaf.event, person: person)
                guard let values = kept.removeValue(forKey: parcel) else {
                    if !damaged.contains(parcel) {
                        findings.append(finding(leaf.event, "the values that its leaf commits to are gone"))
                    }
                    continue
                }
                let key = context.vault.logKey(salt: person.flatMap { salts[$0] })
                if try !agree(values, leaf, key) {
                    findings.append(finding(leaf.event, "they are not those that its leaf commits to"))
                }
            }
        }
        findings += kept.keys.map { finding($0.event, "its leaf commits to no such values") }
        return findings
    }

    private static func agree(_ values: [KeptValue], _ leaf: Leaf, _ key: LogKey) throws -> Bool {
        let fields = Dictionary(
            (leaf.changes ?? []).map { ("\($0.table) \($0.row)", $0.fields) }, uniquingKeysWith: { $1 })
        return try values.allSatisfy { value in
            guard let field = fields[value.row]?[value.field] else { return false }
            let old = try value.old.map {
                try key.commitment(to: $0, .old, of: value.field, in: value.row, event: leaf.event)
            }
            let new = try value.new.map {
                try key.commitment(to: $0, .new, of: value.field, in: value.row, event: leaf.event)
            }
            return field.oldMAC == old && field.newMAC == new
        }
    }

    /// A key goes with its person only.
    private static func keysGone(in context: QueryContext) async throws -> [VerifyFinding] {
        try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT DISTINCT p.number FROM audit.kept_change c JOIN relief.person p ON p.id = c.person
                WHERE p.erased_at IS NULL AND NOT EXISTS (SELECT FROM relief.person_key k WHERE k.person = p.id)
                ORDER BY 1
                """
            ).map { row in
                let number: String = try row["number"]
                return VerifyFinding(
                    what: "kept values", where: "relief.person_key",
                    detail: "the key of \(number) is gone, and nobody erased the person")
            }
        }
    }

    private static func finding(_ event: UUID, _ detail: String) -> VerifyFinding {
        VerifyFinding(
            what: "kept values", where: "audit.kept_change \(event.uuidString.lowercased())", detail: detail)
    }
}
