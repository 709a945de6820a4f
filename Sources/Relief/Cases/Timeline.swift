package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// What happened to a case, in order: the commands of the log that name it, with what each changed of it and where its
/// money went.
extension ShowTimeline: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<TimelineEntry> {
        let file = try await CaseFile.find(`case`, in: context)
        let rows = try await context.transaction.query(
            """
            SELECT e.id, e.at, coalesce(u.name, e.actor) AS name, e.leaf_index, e.leaf
            FROM audit.subject s JOIN audit.event e ON e.id = s.event
            LEFT JOIN relief.app_user u ON u.id::text = e.actor
            WHERE s.subject = \(file.number) ORDER BY e.seq LIMIT \(Self.most)
            """)
        let kept = try await KeptChanges(of: rows.map { try $0["id"] }, in: context)
        let money = try await money(of: file, in: context)
        let form = try await Programmes.version(file.version, in: context).pack.facts
        let text = ChangeText(kinds: Dictionary(form.map { ($0.name, $0.kind.shown) }, uniquingKeysWith: { $1 }))
        let entries = try rows.map { row in
            let leaf = try Leaf(decoding: row["leaf"])
            let own = kept.views(of: leaf, where: { $0.isOn(file, leaf) })
            return TimelineEntry(
                at: try row["at"], command: leaf.command, by: try row["name"],
                summary: money[leaf.event]?.joined(", ", "，") ?? Self.summary(leaf, text.lines(own)),
                leafIndex: try row["leaf_index"])
        }
        return Page(items: entries)
    }

    private static let most = 500

    private static func summary(_ leaf: Leaf, _ changes: [Phrase]) -> Phrase {
        if let refused = leaf.refused { return Phrase("refused: \(refused)", "未予办理：\(refused)") }
        let facts = leaf.facts.sorted { $0.key < $1.key }.compactMap { name, value -> Phrase? in
            switch value {
            case .string(let text): Phrase(asGiven: "\(name) \(text.prefix(24))")
            case .int(let number) where name == "amount" || name == "assessed" || name == "total":
                Phrase("\(name) \(Fen(number)) yuan", "\(name) \(Fen(number)) 元")
            case .int(let number): Phrase(asGiven: "\(name) \(number)")
            case .bool(let flag): Phrase("\(name) \(flag ? "yes" : "no")", "\(name) \(flag ? "是" : "否")")
            case .null, .array, .object: nil
            }
        }
        return (facts + changes).joined(", ", "，")
    }

    /// What was paid and came back, by the event that booked it: “2026-09-10 paid 643.00 to 祁文斌 …0018”.
    private func money(of file: CaseFile, in context: QueryContext) async throws -> [UUID: [Phrase]] {
        let payments = try await context.transaction.query(
            """
            SELECT p.id, p.amount, p.booked_on, p.returned_on, p.posting, a.holder, a.account_masked
            FROM relief.payment p JOIN relief.payee_account a ON a.id = p.payee_account
            WHERE p.case_id = \(file.id) AND p.booked_on IS NOT NULL
            ORDER BY p.created_at, p.reference LIMIT \(Self.most)
            """)
        var entries: [String: Phrase] = [:]
        for row in payments {
            let (id, posting, amount): (UUID, UUID, Fen) = (try row["id"], try row["posting"], try row["amount"])
            let (holder, account): (String, String) = (try row["holder"], try row["account_masked"])
            let (paid, returned): (Day, Day?) = (try row["booked_on"], try row["returned_on"])
            let payee = "\(holder) …\(account.suffix(4))"
            entries[posting.uuidString.lowercased()] = Phrase(
                "\(paid) paid \(amount) to \(payee)", "\(paid) 支付 \(amount) 元给 \(payee)")
            guard let returned else { continue }
            entries[PaymentMoves.returnEntry(of: id).uuidString.lowercased()] = Phrase(
                "\(returned) returned \(amount) from \(payee)", "\(returned) 退回 \(amount) 元，收款人 \(payee)")
        }
        let booked = try await context.transaction.query(
            """
            SELECT event, row_id FROM audit.row_digest WHERE tbl = 'ledger.transfer' AND row_id = ANY (\(Array(entries.keys)))
            ORDER BY ordinal
            """)
        return try booked.reduce(into: [:]) { lines, row in
            if let line = entries[try row["row_id"]] { lines[try row["event"], default: []].append(line) }
        }
    }
}

extension RowChange {
    /// Whether it is of a case: of a command on many, only what it did to this one.
    fileprivate func isOn(_ file: CaseFile, _ leaf: Leaf) -> Bool {
        let id = file.id.uuidString.lowercased()
        return row == id || [fields["case_id"]?.new, fields["case_id"]?.old].contains(.string(id))
            || leaf.subjects.filter(Self.isCase) == [file.number]
    }

    /// `XN-C2026-0001`, among the numbers of notices, runs and funds.
    private static func isCase(_ subject: String) -> Bool { subject.contains("-C") }
}
