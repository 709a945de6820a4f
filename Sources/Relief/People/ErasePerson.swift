package import Contract
import FoundationEssentials
import Postgres

extension ErasePerson: Executable {
    /// Destroys name, numbers, accounts and address, and the kept replies that showed them. The number stays, so that cases,
    /// payments and the log still name somebody; the log's digests of the old rows and its commitments to old values
    /// can't be guessed from a name, because the salts that went into them are destroyed too.
    ///
    /// Refused while a case of the person or the household is open; one of a union out of sight waits for that union's word.
    package func execute(in context: CommandContext) async throws -> PersonView {
        let found = try await Person.find(person, in: context)
        try found.requireKept()
        context.concerns(found.number)
        context.note("reason", .string(try await PublicReason.checked(reason, without: [found.name], in: context)))
        let id = found.id
        let places = try await context.seeingAll { try await Self.openCases(of: id, in: $0) }
        if places.contains(where: context.principal.mayKnow) {
            throw Refusal.conflict(
                Phrase(
                    "\(found.number) has cases that are not closed: close or withdraw them first.",
                    "\(found.number) 尚有未结案件：请先结案或撤回。"), field: "person")
        }
        if let other = places.first {
            throw context.waits(.grant, found.number, own: other, other: other, field: "person")
        }
        let subjects = try await context.seeingAll {
            try await Self.subjects(about: id, number: found.number, in: $0)
        }
        try await context.transaction.execute(
            """
            UPDATE relief.person SET name = '***', id_number = NULL, id_index = NULL, id_masked = NULL, phone = NULL,
                phone_index = NULL, phone_masked = NULL, died_on = NULL, employer = NULL,
                erased_at = \(context.now), salt = \(UUID())
            WHERE id = \(id)
            """)
        try await context.transaction.execute(
            """
            UPDATE relief.payee_account SET holder = '***', bank = '***', cnaps = NULL, account = '', account_index = '',
                account_masked = '***', status = 'retired'
            WHERE person = \(id)
            """)
        // With it go the values that the log commits to.
        try await context.transaction.execute("DELETE FROM relief.person_key WHERE person = \(id)")
        let replies = try await context.seeingAll { transaction in
            try await transaction.execute(
                "UPDATE relief.household SET address = NULL, salt = gen_random_uuid() WHERE head = \(id)")
            return try await transaction.execute(
                """
                UPDATE relief.command_key SET answered = NULL, erased_at = \(context.now)
                WHERE answered IS NOT NULL
                  AND event IN (SELECT s.event FROM audit.subject s WHERE s.subject = ANY (\(subjects)))
                """)
        }
        context.note("replies", .int(Int64(replies)))
        return try await People.view(id, in: context)
    }

    /// In which unions cases of the person or the household are open.
    private static func openCases(of id: UUID, in transaction: Transaction) async throws -> [String] {
        try await transaction.query(
            """
            SELECT DISTINCT c.org_path FROM relief.case_file c
            WHERE (c.person = \(id) OR c.household IN (SELECT m.household FROM relief.household_member m WHERE m.person = \(id)))
              AND c.state NOT IN ('rejected', 'withdrawn', 'closed') ORDER BY c.org_path
            """
        ).map { try $0["org_path"] }
    }

    /// Everything under whose name a kept reply may show the person.
    private static func subjects(
        about id: UUID, number: String, in transaction: Transaction
    ) async throws -> [String] {
        let rows = try await transaction.query(
            """
            WITH home AS (SELECT m.household AS id FROM relief.household_member m WHERE m.person = \(id)
                          UNION SELECT h.id FROM relief.household h WHERE h.head = \(id)),
                 files AS (SELECT c.id, c.number FROM relief.case_file c
                           WHERE c.person = \(id) OR c.household IN (SELECT home.id FROM home)),
                 paid AS (SELECT p.reference, r.number FROM relief.payment p JOIN relief.run r ON r.id = p.run
                          WHERE p.case_id IN (SELECT files.id FROM files))
            SELECT \(number)::text AS subject
            UNION SELECT h.number FROM relief.household h JOIN home USING (id)
            UNION SELECT files.number FROM files
            UNION SELECT paid.reference FROM paid UNION SELECT paid.number FROM paid
            UNION SELECT n.number FROM relief.notice n JOIN relief.notice_item i ON i.notice = n.id
                  WHERE i.case_id IN (SELECT files.id FROM files)
            """)
        return try rows.map { try $0["subject"] }
    }
}
