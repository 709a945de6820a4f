package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

extension MatchOutcome: ParameterEncodable, ColumnDecodable {}

/// What two people make of the bank's word where it names no payment for certain: one says what it is, another confirms, and
/// the database holds both to it (`relief.match_rules`).
enum BankMatches {
    /// One as it is kept.
    struct Match {
        let id: UUID
        let line: UUID?
        let payment: UUID?
        let run: UUID?
        let becomes: MatchOutcome
        let day: Day
        let reason: String
    }

    static func propose(_ match: Match, in context: CommandContext) async throws -> BankMatchView {
        try await context.transaction.execute(
            """
            INSERT INTO relief.bank_match (id, line, payment, run, becomes, day, reason, proposed_by, proposed_at)
            VALUES (\(match.id), \(match.line), \(match.payment), \(match.run), \(match.becomes), \(match.day), \(match.reason),
              \(context.principal.user), \(context.now))
            """)
        return try await told(match.id, in: context)
    }

    /// Names in the log what a match is about, and gives it as it is shown.
    static func told(_ match: UUID, in context: CommandContext) async throws -> BankMatchView {
        guard let view = try await views("WHERE m.id = \(match)", limit: 1, in: context).first else { throw notFound }
        let cases = try await context.transaction.query(
            """
            SELECT relief.case_number(p.case_id) AS number FROM relief.bank_match m
            JOIN relief.payment p ON p.id = m.payment OR p.run = m.run WHERE m.id = \(match)
            """)
        for row in cases { context.concerns(try row["number"]) }
        for subject in [view.payment, view.run].compactMap(\.self) { context.concerns(subject) }
        context.note("match", .string(match.uuidString.lowercased()))
        context.note("becomes", .string(view.becomes.rawValue))
        context.note("amount", .int(view.amount.rawValue))
        context.note("day", .string(view.day.description))
        context.note("reason", .string(view.reason))
        return view
    }

    /// Matches as shown, the newest first; `condition` begins with WHERE.
    static func views(_ condition: SQL, limit: Int, in context: some OperationContext) async throws -> [BankMatchView] {
        try await context.transaction.query(
            """
            SELECT m.id, m.line, p.reference AS payment, r.number AS run, m.becomes, coalesce(r.payments, 1) AS payments,
              coalesce(r.total, p.amount) AS amount, m.day, a.holder, a.account_masked, m.reason, u.name AS proposed_by,
              m.proposed_at, v.name AS confirmed_by, m.confirmed_at
            FROM relief.bank_match m LEFT JOIN relief.payment p ON p.id = m.payment LEFT JOIN relief.run r ON r.id = m.run
            LEFT JOIN relief.payee_account a ON a.id = p.payee_account JOIN relief.app_user u ON u.id = m.proposed_by
            LEFT JOIN relief.app_user v ON v.id = m.confirmed_by
            \(condition)
            ORDER BY m.proposed_at DESC, m.id DESC LIMIT \(limit)
            """
        ).map { row in
            BankMatchView(
                match: try row["id"], line: try row["line"], payment: try row["payment"], run: try row["run"],
                becomes: try row["becomes"], payments: try row["payments"], amount: try row["amount"],
                day: try row["day"], payee: try row["holder"], account: try row["account_masked"],
                reason: try row["reason"], proposedBy: try row["proposed_by"], proposedAt: try row["proposed_at"],
                confirmedBy: try row["confirmed_by"], confirmedAt: try row["confirmed_at"])
        }
    }

    /// The condition on `relief.bank_match AS m` of those that wait for a second person.
    static let waiting: SQL = """
        m.confirmed_by IS NULL AND NOT EXISTS (SELECT FROM relief.bank_line_resolution s WHERE s.line = m.line)
        AND NOT EXISTS (SELECT FROM relief.bank_match o WHERE o.line = m.line AND o.confirmed_by IS NOT NULL)
        """

    static let notFound = Refusal.notFound(
        Phrase(
            "There is no such match; relief bank matches lists what waits to be confirmed.",
            "没有这条认领记录；待确认的见 relief bank matches。"), field: "match")
}

extension MatchBankLine: Executable {
    package func execute(in context: CommandContext) async throws -> BankMatchView {
        let found = try await BankLines.view(line, in: context)
        guard found.class.waitsForPerson, found.settledBy == nil, found.confirmedBy == nil else {
            throw Refusal.conflict(
                Phrase(
                    "Nothing is open about the line: it is \(found.class.rawValue).",
                    "该行没有待办事项：\(found.class.rawValue)。"),
                field: "line")
        }
        let isCredit = try await context.transaction.exists(
            "SELECT FROM relief.bank_line WHERE id = \(line) AND saying IN ('received', 'returned')")
        let becomes = isCredit ? MatchOutcome.returned : .booked
        guard payment == nil || run == nil else {
            throw Refusal.invalid(Phrase("Give a payment or a run.", "付款和批次只能指定一个。"), field: "run")
        }
        let payment = payment ?? (run == nil ? found.payment : nil)
        let run = run ?? (payment == nil ? found.run : nil)
        let match: (payment: Payment?, run: Run?, amount: Fen)
        if let payment {
            let payment = try await Payment.find(payment, in: context)
            match = (payment, nil, payment.amount)
        } else if let run {
            let run = try await Run.find(run, in: context)
            match = (nil, run, run.total)
        } else {
            throw Refusal.invalid(
                Phrase("Say which payment or run the line is about.", "请指明该行对应的付款或批次。"), field: "payment")
        }
        guard found.amount == match.amount, match.run == nil || becomes == .booked else {
            throw Refusal.conflict(
                Phrase(
                    "The line is of \(found.amount?.description ?? "no amount"), not of \(match.amount): it can't be that.",
                    "该行金额为 \(found.amount?.description ?? "空")，与 \(match.amount) 不符，不能对应。"), field: "line")
        }
        return try await BankMatches.propose(
            BankMatches.Match(
                id: UUID(), line: line, payment: match.payment?.id, run: match.run?.id, becomes: becomes,
                day: found.day ?? context.today,
                reason: try await PublicReason.checked(
                    reason,
                    about: """
                        SELECT p.case_id FROM relief.payment p WHERE p.id = \(match.payment?.id) OR p.run = \(match.run?.id)
                        """, in: context)), in: context)
    }
}

extension ProvePayment: Executable {
    /// Paid means booked by the bank, or by two people on the bank's evidence, kept and shown as such.
    package func execute(in context: CommandContext) async throws -> BankMatchView {
        let payment = try await Payment.find(payment, in: context)
        guard payment.state == .unknown else {
            throw Refusal.conflict(
                Phrase(
                    "Payment \(payment.reference) is \(payment.state.rawValue): only one of unknown fate is proved.",
                    "付款 \(payment.reference) 状态为 \(payment.state.rawValue)：只有结果不明的付款才需要凭证认定。"),
                field: "payment")
        }
        return try await BankMatches.propose(
            BankMatches.Match(
                id: UUID(), line: nil, payment: payment.id, run: nil, becomes: .booked, day: bookedOn,
                reason: try await PublicReason.checked(
                    proof, field: "proof", about: "SELECT \(payment.caseID)", in: context)), in: context)
    }
}

extension ConfirmBankMatch: Executable {
    package func execute(in context: CommandContext) async throws -> BankMatchView {
        guard
            let row = try await context.transaction.first(
                """
                SELECT m.*, l.bank_reference FROM relief.bank_match m LEFT JOIN relief.bank_line l ON l.id = m.line
                WHERE m.id = \(match) FOR UPDATE OF m
                """)
        else { throw BankMatches.notFound }
        let found = BankMatches.Match(
            id: match, line: try row["line"], payment: try row["payment"], run: try row["run"],
            becomes: try row["becomes"], day: try row["day"], reason: try row["reason"])
        let isWaiting = try await context.transaction.exists(
            "SELECT FROM relief.bank_match m WHERE m.id = \(match) AND \(BankMatches.waiting)")
        guard isWaiting else {
            throw Refusal.conflict(
                Phrase("The line was matched or settled meanwhile.", "该行已由他人认领确认或处理。"), field: "match")
        }
        try await context.transaction.execute(
            """
            UPDATE relief.bank_match SET confirmed_by = \(context.principal.user), confirmed_at = \(context.now)
            WHERE id = \(match)
            """)
        let bankReference: String? = try row["bank_reference"]
        try await context.seeingAll { _ in
            let moved = try await moves(of: found, bankReference, in: context)
            try await moved.carryOut(in: context)
        }
        return try await BankMatches.told(match, in: context)
    }

    /// What follows is what would have followed from a line that names the payment.
    private func moves(
        of match: BankMatches.Match, _ bankReference: String?, in context: CommandContext
    ) async throws -> PaymentMoves {
        let found = try await context.transaction.query(
            """
            SELECT \(Payment.columns) WHERE p.id = \(match.payment) OR p.run = \(match.run)
            ORDER BY p.reference FOR NO KEY UPDATE OF p
            """
        ).map(Payment.init)
        var payments: [UUID: Payment] = [:]
        var moves: [PaymentMove] = []
        for var payment in found {
            let word = BankWord(
                saying: match.becomes == .booked ? .booked : .returned, bankReference: bankReference,
                amount: payment.amount, day: match.day, words: match.reason)
            let heard = payment.hear(word, in: .statement, on: context.today)
            payments[payment.id] = payment
            moves += heard.moves
            guard [.booked, .returned, .duplicate].contains(heard.class) else {
                throw Refusal.conflict(
                    Phrase(
                        "Payment \(payment.reference) is \(payment.state.rawValue): \(heard.detail ?? "that can't be").",
                        "付款 \(payment.reference) 状态为 \(payment.state.rawValue)，不能这样认定。"), field: "match")
            }
        }
        guard !moves.isEmpty else {
            throw Refusal.conflict(
                Phrase(
                    "That is known already: no payment of it moves.", "系统中已是这个结果，没有付款需要变更。"), field: "match")
        }
        return PaymentMoves(payments: payments, moves: moves)
    }
}

extension ListBankMatches: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<BankMatchView> {
        let size = try Paging.size(limit)
        let last = try cursor.map { text in
            guard let id = UUID(uuidString: text) else { throw Paging.noCursor(text) }
            return id
        }
        let found = try await BankMatches.views(
            """
            WHERE (\(all ?? false) OR (\(BankMatches.waiting))) AND (\(last)::uuid IS NULL OR (m.proposed_at, m.id) < (
              SELECT k.proposed_at, k.id FROM relief.bank_match k WHERE k.id = \(last)))
            """, limit: size + 1, in: context)
        return Paging.page(found, size: size) { $0.match.uuidString }
    }
}
