import Contract
import FoundationEssentials
import Ledger
import Postgres
import WorkingDays

/// What follows from the bank's word, whoever read it: entries in the books, payments, instalments and cases moved on. By
/// sets: as many statements for a hundred thousand payments as for one.
struct PaymentMoves: Sendable {
    /// As they stand after the moves.
    let payments: [UUID: Payment]
    let moves: [PaymentMove]

    func carryOut(in context: CommandContext) async throws {
        try await book(in: context)
        try await movePayments(in: context)
        try await moveInstalments(in: context)
    }

    /// Posts the holds of what was booked, in one batch for each booking day, and takes back what was returned by an
    /// opposite entry.
    private func book(in context: CommandContext) async throws {
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
                posting, id: Self.returnEntry(of: payment.id), code: BookCode.returned.rawValue,
                reference: payment.reference)
        }
    }

    /// The id of the entry that takes a returned payment back.
    static func returnEntry(of payment: UUID) -> UUID { UUID(derivedFrom: "returned \(payment)") }

    /// Moves payments through their states, each step in order: a payment may take several in one file.
    private func movePayments(in context: CommandContext) async throws {
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
    private func moveInstalments(in context: CommandContext) async throws {
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
        // Money that came back late is to be paid again or given back to the fund.
        let failed: [UUID] = try rows.filter { try $0["state"] == InstalmentState.failed }.map { try $0["case_id"] }
        try await CaseLife.move(failed, from: [.followUp, .closed], to: .paying, in: context)
        let stopped = try rows.filter { try $0["state"] == InstalmentState.stopped }
        try await Funds.void(holds: stopped.compactMap { try $0["hold"] }, in: context)
        try await Awards.settle(cases: Set(ended.map(\.caseID)), in: context)
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
