import Contract

/// How the changes of a command are told to people: “facts.cost 4,000.00 → 4,500.00”.
struct ChangeText {
    /// The kinds of a form's answers, by name.
    let kinds: [String: FactKind]

    /// What a case's timeline says of a command: the answers that changed, where the case went, and what was recorded.
    func lines(_ changes: [ChangeView]) -> [Phrase] {
        changes.compactMap { change in
            if change.field.hasPrefix("facts.") { return change.op == "update" ? said(change) : nil }
            return Self.told[change.table]?.contains(change.field) == true ? said(change) : nil
        }
    }

    private static let told: [String: Set<String>] = [
        "relief.case_file": ["state"], "relief.evidence": ["kind"], "relief.visit": ["visited_on"],
        "relief.means_check": ["checked_on"], "relief.follow_up": ["done_on", "manner"],
        "relief.objection": ["state"], "relief.notice_item": ["state", "closes_on"], "relief.award": ["stopped_at"],
        "relief.case_step": ["overdue_at"],
    ]

    private func said(_ change: ChangeView) -> Phrase {
        if change.isHidden { return Phrase("\(change.field) changed", "\(change.field) 有变更") }
        let (old, new) = (text(change.old, change.field), text(change.new, change.field))
        if change.op == "insert" { return Phrase("\(change.field) \(new.en)", "\(change.field) \(new.zh)") }
        return Phrase("\(change.field) \(old.en) → \(new.en)", "\(change.field) \(old.zh) → \(new.zh)")
    }

    private func text(_ value: JSONValue?, _ field: String) -> Phrase {
        switch value {
        case nil, .null?: Phrase("(empty)", "（空）")
        case .string(let text)?: Phrase(asGiven: text.count > 60 ? "\(text.prefix(60))…" : text)
        case .int(let number)? where kinds[String(field.dropFirst("facts.".count))] == .amount:
            Phrase(asGiven: "\(Fen(number))")
        case .int(let number)?: Phrase(asGiven: "\(number)")
        case .bool(let flag)?: flag ? Phrase("yes", "是") : Phrase("no", "否")
        case .array?, .object?: Phrase("(a longer value)", "（内容较长）")
        }
    }
}
