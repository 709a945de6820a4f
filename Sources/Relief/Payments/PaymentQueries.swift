package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Payments as people see and re-issue them.
enum Payments {
    /// Payments as shown; `condition` begins with WHERE and may order and limit.
    static func views(_ condition: SQL, in context: some OperationContext) async throws -> [PaymentView] {
        let rows = try await context.transaction.query(
            """
            SELECT p.reference, r.number AS run, relief.case_number(p.case_id) AS case_number, i.ordinal, a.holder, a.account_masked, p.amount,
                   p.state, p.reason_code, p.reason, p.attempt, p.sent_at, p.booked_on,
                   (SELECT e.reference FROM relief.payment e WHERE e.instalment = p.instalment AND e.state = 'reissued'
                    AND e.attempt < p.attempt ORDER BY e.attempt DESC LIMIT 1) AS reissues,
                   k.reason AS evidence, k.proven_by
            FROM relief.payment p LEFT JOIN relief.run r ON r.id = p.run LEFT JOIN relief.case_file c ON c.id = p.case_id
            JOIN relief.instalment i ON i.id = p.instalment LEFT JOIN relief.payee_account a ON a.id = p.payee_account
            LEFT JOIN LATERAL (SELECT m.reason, ARRAY[u.name, v.name] AS proven_by FROM relief.bank_match m
              JOIN relief.app_user u ON u.id = m.proposed_by JOIN relief.app_user v ON v.id = m.confirmed_by
              WHERE m.payment = p.id OR m.run = p.run ORDER BY m.confirmed_at DESC LIMIT 1) AS k ON true
            \(condition)
            """)
        return try rows.map { row in
            let (code, words): (String?, String?) = try (row["reason_code"], row["reason"])
            let reason = [code, words].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
            return PaymentView(
                reference: try row["reference"], run: try row["run"], case: try row["case_number"],
                instalment: try row["ordinal"], payee: try row["holder"] ?? "",
                account: try row["account_masked"] ?? "",
                amount: try row["amount"], state: try row["state"], reason: reason.isEmpty ? nil : reason,
                attempt: try row["attempt"], reissues: try row["reissues"], sentAt: try row["sent_at"],
                bookedOn: try row["booked_on"], evidence: try row["evidence"], provenBy: try row["proven_by"])
        }
    }

    static func view(_ payment: UUID, in context: some OperationContext) async throws -> PaymentView {
        try await views("WHERE p.id = \(payment)", in: context)[0]
    }
}

extension ListPayments: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<PaymentView> {
        let size = try Paging.size(limit)
        let views = try await Payments.views(
            """
            WHERE (\(run)::text IS NULL OR r.number = \(run)) AND (\(state)::text IS NULL OR p.state = \(state))
              AND (\(`case`)::text IS NULL OR c.number = \(`case`)) AND p.reference > \(cursor ?? "")
            ORDER BY p.reference LIMIT \(size + 1)
            """, in: context)
        return Paging.page(views, size: size, cursor: \.reference)
    }
}

extension ShowPayment: Answerable {
    package func answer(in context: QueryContext) async throws -> PaymentView {
        guard let view = try await Payments.views("WHERE p.reference = \(payment)", in: context).first else {
            throw Payment.notFound(payment)
        }
        return view
    }
}
