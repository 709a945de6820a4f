import Contract
import FoundationEssentials
import Postgres

/// A clash with something outside the asker's sight. It reads “waits for confirmation”: who may know both sides, in the
/// nearest union above them, answers.
struct Clash: Sendable {
    let kind: ConfirmationKind
    /// What was asked for.
    let asked: String
    /// Path of the nearest union above both sides.
    let above: String

    /// `own` and `other`: paths of the unions of both sides.
    init(_ kind: ConfirmationKind, asked: String, own: String, other: String) {
        (self.kind, self.asked) = (kind, asked)
        above = zip(own.split(separator: "."), other.split(separator: ".")).prefix { $0 == $1 }.map { String($0.0) }
            .joined(separator: ".")
    }

    /// What the asker is told, of whatever it is.
    static func refusal(_ asked: String, field: String?) -> Refusal {
        .conflict(
            Phrase(
                "\(asked) waits for confirmation: a union above answers (relief confirmation list); or choose another.",
                "\(asked) 待确认：由上级工会答复（relief confirmation list）；也可另选。"), field: field)
    }

    /// Keeps it, also beside the refusal of the command that met it. What waits already isn't kept twice.
    func keep(in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            INSERT INTO relief.confirmation (id, kind, asked, org_id, org_path, asked_by, asked_at)
            SELECT \(UUID()), \(kind), \(asked), o.id, o.path, \(context.principal.user), \(context.now)
            FROM relief.organisation o
            WHERE o.path = coalesce(nullif(\(above), '')::ltree, (SELECT path FROM relief.organisation WHERE nlevel(path) = 1))
            ON CONFLICT DO NOTHING
            """)
    }
}

extension ConfirmationKind: ParameterEncodable, ColumnDecodable {}
