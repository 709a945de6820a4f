import Contract
import Postgres

/// A case belongs to a union that answers for all whom it is about: their own, one above it or one under it. The database
/// asks when it is opened, and again whenever somebody says yes to it.
extension CaseSubject {
    /// Refuses a union that doesn't answer for the subject; says whose it is only where the asker may see that.
    func requireAnswering(_ union: Organisation, in context: CommandContext) async throws {
        if try await isAnsweredFor(at: union.path, in: context) { return }
        let row = try await context.transaction.first(
            """
            SELECT o.code FROM (
              SELECT org_id FROM relief.household WHERE id = \(household)
              UNION ALL SELECT org_id FROM relief.person WHERE id = \(person)
              UNION ALL SELECT org_id FROM relief.employer WHERE id = \(employer)) AS subject
            JOIN relief.organisation o ON o.id = subject.org_id
            WHERE NOT relief.on_one_line(o.path, \(union.path)::ltree) LIMIT 1
            """)
        guard let own: String = try row?["code"] else { throw Self.stranger(to: union) }
        throw Refusal.conflict(
            Phrase(
                "\(union.code) doesn't answer for whom the case is about, who is registered at \(own): open it at \(own), or at a union above or under it.",
                "对象登记在\(own)，\(union.code)不是其本级或上下级工会，无权受理：请在\(own)或其上下级工会立案。"),
            field: "organisation")
    }

    fileprivate func isAnsweredFor(at path: String, in context: some OperationContext) async throws -> Bool {
        try await context.transaction.value(
            "SELECT relief.answers_for(\(path)::ltree, \(household), \(person), \(employer))")
    }

    private static func stranger(to union: Organisation) -> Refusal {
        .conflict(
            Phrase(
                "\(union.code) doesn't answer for all whom the case is about: open it where they are registered, or at a union above or under that.",
                "\(union.code)不负责本案的全部对象：请在其登记所在工会或上下级工会立案。"), field: "organisation")
    }
}

extension CaseFile {
    /// Refuses to pass a case whose subject has moved to another union since it was opened.
    func requireAnswering(in context: some OperationContext) async throws {
        guard try await subject.isAnsweredFor(at: path, in: context) else { throw CaseSubjects.movedAway }
    }
}

extension CaseSubjects {
    static let movedAway = Refusal.conflict(
        Phrase(
            "Whom the case is about has moved to another union, and the case's union doesn't answer for them any more: withdraw it (relief case withdraw), and open it there.",
            "本案对象已划归其他工会，本级不再负责：请撤回本案（relief case withdraw），由对方重新立案。"), field: "case")
}
