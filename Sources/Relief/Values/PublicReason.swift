import Contract
import FoundationEssentials
import Postgres

/// A reason that a person gives for an act, as the audit log keeps it for ever: it must not hold personal data.
enum PublicReason {
    /// The trimmed reason. Refuses one that is empty, longer than 500 characters, or holds a number as long as a phone or
    /// identity number, or one of the names given.
    static func checked(_ text: String, field: String = "reason", without names: [String] = []) throws -> String {
        let reason = text.trimmingWhitespace
        guard !reason.isEmpty, reason.count <= 500 else {
            throw Refusal.invalid("Say why, in at most 500 characters.", field: field)
        }
        var run = 0
        for character in reason where !character.isWhitespace && character != "-" {
            run = character.isNumber ? run + 1 : 0
            if run >= 9 { throw personal(field) }
        }
        if names.contains(where: { !$0.isEmpty && reason.contains($0) }) { throw personal(field) }
        return reason
    }

    /// The same for an act on cases, whose ids `cases` selects: without the names of their people, households' members and
    /// payees, whoever may see them.
    static func checked(
        _ text: String, field: String = "reason", about cases: SQL, in context: some OperationContext
    ) async throws -> String {
        let reason = try checked(text, field: field)
        // Looked for in the database: a run may have a hundred thousand payees. Normalised, as a reader sees them.
        let isNamed = try await context.seeingAll {
            try await $0.exists(
                """
                WITH concerned AS MATERIALIZED (\(cases)), known AS (
                  SELECT p.name FROM relief.case_file c JOIN relief.person p ON p.id = c.person
                  WHERE c.id IN (SELECT * FROM concerned)
                  UNION ALL
                  SELECT p.name FROM relief.case_file c JOIN relief.household_member m ON m.household = c.household
                  JOIN relief.person p ON p.id = m.person WHERE c.id IN (SELECT * FROM concerned)
                  UNION ALL
                  SELECT a.holder FROM relief.payment p JOIN relief.payee_account a ON a.id = p.payee_account
                  WHERE a.person IS NOT NULL AND p.case_id IN (SELECT * FROM concerned)
                )
                SELECT FROM known WHERE known.name NOT IN ('', '***')
                  AND strpos(normalize(\(reason)), normalize(known.name)) > 0
                """)
        }
        if isNamed { throw personal(field) }
        return reason
    }

    private static func personal(_ field: String) -> Refusal {
        Refusal.invalid(
            "The reason stays in the audit log for ever: leave out names, identity, phone and account numbers.",
            field: field)
    }
}

extension StringProtocol {
    /// Without line breaks and other control characters.
    var isOneLine: Bool {
        unicodeScalars.allSatisfy {
            ![.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
    }

    /// Whether it is the same to the byte, as PostgreSQL compares: `==` also holds where the same character is written by
    /// another code point, as U+F90A for 金, and what is plain here is then not in the database.
    func isSameText(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }

    /// Without white space at both ends.
    var trimmingWhitespace: String {
        let start = drop { $0.isWhitespace }
        let count = start.reversed().prefix { $0.isWhitespace }.count
        return String(start.dropLast(count))
    }
}
