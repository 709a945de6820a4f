import Contract
import FoundationEssentials
import Ledger
import Postgres
import WorkingDays

/// What an import leaves: the file and its lines for ever, entries in the books, payments and instalments moved on.
extension BankImport {
    /// A file that was taken in before, by its bytes: the same lines, and nothing happens.
    static func known(
        _ sha256: String, fileName: String, in context: CommandContext
    ) async throws -> BankImportView? {
        // Who holds the same bytes is told of all their lines, by class only.
        let rows = try await context.seeingAll { transaction in
            try await transaction.query(
                """
                SELECT m.kind, m.lines, l.class, count(l.id) AS count
                FROM relief.bank_message m LEFT JOIN relief.bank_line l ON l.message = m.id
                WHERE m.sha256 = \(sha256) GROUP BY m.id, l.class
                """)
        }
        guard let first = rows.first else { return nil }
        var classes: [String: Int] = [:]
        for row in rows {
            if let name: String = try row["class"] { classes[name] = try row["count"] }
        }
        context.note("alreadyImported", true)
        return BankImportView(
            fileName: fileName, format: try first["kind"], alreadyImported: true, lines: try first["lines"],
            classes: classes, problems: [])
    }

    /// Keeps the file's digest and its lines. nil: another took the same bytes in at this moment.
    func keep(fileName: String, sha256: String, in context: CommandContext) async throws -> UUID? {
        let id = UUID()
        let importer = context.principal.isSystem ? nil : context.principal.user
        let entered = try await context.transaction.execute(
            """
            INSERT INTO relief.bank_message (id, file_name, sha256, kind, message_id, lines, imported_by, imported_at)
            VALUES (\(id), \(fileName), \(sha256), \(message.kind.rawValue), \(message.messageID), \(lines.count),
              \(importer), \(context.now)) ON CONFLICT (sha256) DO NOTHING
            """)
        guard entered == 1 else { return nil }
        try await context.transaction.execute(
            """
            INSERT INTO relief.bank_line (id, message, ordinal, saying, reference, bank_reference, amount, day, class,
              payment, run, org_id, detail)
            SELECT l.id, \(id), l.n, l.saying, l.reference, l.bank_reference, l.amount, l.day::date, l.class, l.payment, l.run,
              l."union", l.detail
            FROM unnest(\(lines.map { _ in UUID() }), \(lines.map(\.word.reference)), \(lines.map(\.word.bankReference)),
                 \(lines.map { $0.word.amount?.rawValue }), \(lines.map { $0.word.day?.description })::text[],
                 \(lines.map(\.verdict.rawValue)), \(lines.map(\.payment)), \(lines.map(\.run)), \(lines.map(\.detail)),
                 \(lines.map(\.word.saying.rawValue)), \(lines.map(\.union)))
              WITH ORDINALITY AS l (id, reference, bank_reference, amount, day, class, payment, run, detail, saying, "union", n)
            """)
        return id
    }

    /// Posts the holds of what was booked, in one batch for each booking day, and takes back what was returned by an
    /// opposite entry.
    func book(in context: CommandContext) async throws {
        let booked = Dictionary(grouping: moves.filter { $0.to == .booked }, by: \.day)
        for (day, moves) in booked.sorted(by: { $0.key < $1.key }) {
            let resolutions = moves.compactMap { move in
                payments[move.payment].flatMap { payment in
                    payment.posting.map { Resolution(id: $0, hold: payment.hold, reference: payment.reference) }
                }
            }
            try await context.books(on: day).post(resolutions)
        }
        for move in moves where move.to == .returned {
            guard let payment = payments[move.payment], let posting = payment.posting else { continue }
            try await context.books(on: move.day).correct(
                posting, id: UUID(derivedFrom: "returned \(payment.id)"), code: BookCode.returned.rawValue,
                reference: payment.reference)
        }
    }

    /// Moves payments through their states, each step in order: a payment may take several in one file.
    func movePayments(in context: CommandContext) async throws {
        var steps: [[PaymentMove]] = []
        var taken: [UUID: Int] = [:]
        for move in moves {
            let step = taken[move.payment, default: 0]
            taken[move.payment] = step + 1
            if step == steps.count { steps.append([]) }
            steps[step].append(move)
        }
        for step in steps { try await move(step, in: context) }
        let runs = Array(Set(moves.compactMap { payments[$0.payment]?.run }))
        try await context.transaction.execute(
            """
            UPDATE relief.run SET state = 'filed', filed_at = \(context.now)
            WHERE id = ANY (\(runs)) AND state = 'released'
            """)
        try await Runs.settleAnswers(runs, in: context)
        for payment in taken.keys.compactMap({ payments[$0] }) {
            context.concerns(payment.runNumber)
            context.concerns(payment.caseNumber)
            context.concerns(payment.reference)
        }
    }

    private func move(_ step: [PaymentMove], in context: CommandContext) async throws {
        func day(_ state: PaymentState) -> [String?] { step.map { $0.to == state ? $0.day.description : nil } }
        let failures = step.map { [.rejected, .returned].contains($0.to) ? $0.word : nil }
        try await context.transaction.execute(
            """
            UPDATE relief.payment p
            SET state = m.state, bank_reference = coalesce(m.bank_reference, p.bank_reference),
                booked_on = coalesce(m.booked_on::date, p.booked_on), posting = coalesce(p.posting, m.posting),
                returned_on = coalesce(m.returned_on::date, p.returned_on), reason_code = coalesce(m.code, p.reason_code),
                reason = coalesce(m.words, p.reason),
                sent_at = CASE m.state WHEN 'sent' THEN \(context.now) ELSE p.sent_at END,
                accepted_at = CASE m.state WHEN 'accepted' THEN \(context.now) ELSE p.accepted_at END
            FROM unnest(\(step.map(\.payment)), \(step.map(\.to.rawValue)),
                 \(step.map { $0.to == .returned ? nil : $0.word.bankReference }), \(day(.booked)), \(day(.returned)),
                 \(step.map { $0.to == .booked ? payments[$0.payment]?.posting : nil }), \(failures.map { $0?.code }),
                 \(failures.map { $0.map { String($0.words.prefix(300)) } }))
              AS m (id, state, bank_reference, booked_on, returned_on, posting, code, words)
            WHERE p.id = m.id
            """)
    }

    /// What was booked is paid; what was refused or returned has failed, and waits to be re-issued, unless its award was
    /// stopped meanwhile.
    func moveInstalments(in context: CommandContext) async throws {
        let touched = Set(moves.map(\.payment)).compactMap { payments[$0] }
        let ended = touched.filter { [.booked, .rejected, .returned].contains($0.state) }
        guard !ended.isEmpty else { return }
        let rows = try await context.transaction.query(
            """
            UPDATE relief.instalment i
            SET state = CASE WHEN m.state = 'booked' THEN 'paid' WHEN w.stopped_at IS NULL THEN 'failed' ELSE 'stopped' END,
                hold = CASE WHEN m.state = 'returned' THEN NULL ELSE i.hold END
            FROM unnest(\(ended.map(\.instalment)), \(ended.map(\.state.rawValue))) AS m (id, state), relief.award w
            WHERE i.id = m.id AND w.id = i.award RETURNING i.state, i.hold, i.case_id
            """)
        // Money that came back late is to be paid again or given back to the fund: whoever closed the case didn't know. Its
        // outcome stays beside it until it is closed anew.
        let failed: [UUID] = try rows.filter { try $0["state"] == InstalmentState.failed }.map { try $0["case_id"] }
        try await context.transaction.execute(
            """
            UPDATE relief.case_file SET state = 'paying', closed_at = NULL, closed_by = NULL
            WHERE id = ANY (\(failed)) AND state IN ('followUp', 'closed')
            """)
        let stopped = try rows.filter { try $0["state"] == InstalmentState.stopped }
        try await Funds.void(holds: stopped.compactMap { try $0["hold"] }, in: context)
        for id in Set(ended.map(\.caseID)).sorted(by: { $0.uuidString < $1.uuidString }) {
            try await Awards.settle(caseID: id, in: context)
        }
    }
}

extension Runs {
    /// A run is answered once no payment of it is under way; after that a late return opens its reconciliation again.
    static func settleAnswers(_ runs: [UUID], in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            UPDATE relief.run r SET state = 'answered'
            WHERE r.id = ANY (\(runs)) AND (r.state = 'reconciled' OR (r.state = 'filed' AND NOT EXISTS (
              SELECT FROM relief.payment p WHERE p.run = r.id AND p.state IN ('inFile', 'sent', 'accepted', 'unknown'))))
            """)
    }
}
