import Contract
import FoundationEssentials
import Postgres

/// A reason that a person gives for an act, as the audit log keeps it for ever: it must not hold personal data.
enum PublicReason {
    /// The cleaned reason. Refuses one that is empty, longer than 500 characters, or holds a number as long as a phone or
    /// identity number.
    static func checked(_ text: String, field: String = "reason") throws -> String {
        let reason = FreeText.cleaned(text)
        guard !reason.isEmpty, reason.length <= 500 else {
            throw Refusal.invalid(
                Phrase("Say why, in at most 500 characters.", "请写明原因，不超过 500 字。"), field: field)
        }
        var run = 0
        for character in NumberText.cleaned(withoutDays(reason)) {
            run = character.isNumber ? run + 1 : 0
            if run >= 9 { throw personal(field) }
        }
        if HiddenNumber.isIn(reason) { throw personal(field) }
        return reason
    }

    /// Without the days that stand between no other digits: 2026-09-11 两日 would count nine of them.
    private static func withoutDays(_ text: String) -> String {
        var (rest, kept) = (text[...], "")
        while let day = rest.firstMatch(of: /(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}/) {
            let before = kept + rest[..<day.range.lowerBound]
            let after = rest[day.range.upperBound...]
            let stands = ![before.last(where: isNoBlank), after.first(where: isNoBlank)].contains { neighbour in
                neighbour.map { $0.isASCII && ($0.isNumber || $0 == "-") } ?? false
            }
            kept = before + (stands ? "" : String(day.output))
            rest = after
        }
        return kept + rest
    }

    private static func isNoBlank(_ character: Character) -> Bool { !character.isWhitespace }

    /// The same without the names given, however they are written: with a blank, or another dot.
    static func checked(
        _ text: String, field: String = "reason", without names: [String], in context: some OperationContext
    ) async throws -> String {
        let reason = try checked(text, field: field)
        let isNamed = try await context.transaction.exists(
            """
            SELECT FROM unnest(\(names)) AS name WHERE relief.name_key(name) <> ''
              AND strpos(relief.name_key(\(reason)), relief.name_key(name)) > 0
            """)
        if isNamed { throw personal(field) }
        return reason
    }

    /// The same for an act on cases, whose ids `cases` selects: without the names of their people, households' members and
    /// payees, whoever may see them.
    static func checked(
        _ text: String, field: String = "reason", about cases: SQL, in context: some OperationContext
    ) async throws -> String {
        let reason = try checked(text, field: field)
        // Looked for in the database: a run may have a hundred thousand payees.
        let isNamed = try await context.seeingAll {
            try await $0.exists(
                """
                WITH concerned AS MATERIALIZED (\(cases)), known AS (
                  SELECT p.name_key FROM relief.case_file c JOIN relief.person p ON p.id = c.person
                  WHERE c.id IN (SELECT * FROM concerned)
                  UNION ALL
                  SELECT p.name_key FROM relief.case_file c JOIN relief.household_member m ON m.household = c.household
                  JOIN relief.person p ON p.id = m.person WHERE c.id IN (SELECT * FROM concerned)
                  UNION ALL
                  SELECT a.holder_key FROM relief.payment p JOIN relief.payee_account a ON a.id = p.payee_account
                  WHERE a.person IS NOT NULL AND p.case_id IN (SELECT * FROM concerned)
                )
                SELECT FROM known WHERE known.name_key NOT IN ('', '***')
                  AND strpos(relief.name_key(\(reason)), known.name_key) > 0
                """)
        }
        if isNamed { throw personal(field) }
        return reason
    }

    private static func personal(_ field: String) -> Refusal {
        Refusal.invalid(
            Phrase(
                "The reason stays in the audit log for ever: leave out names, identity, phone and account numbers.",
                "原因会永久留在审计日志中：请勿写姓名、身份证号、手机号和账号。"), field: field)
    }
}
