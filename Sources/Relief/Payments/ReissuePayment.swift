package import Contract
import BankFiles
import FoundationEssentials
import Postgres

extension ReissuePayment: Executable {
    /// Only what has failed for certain is paid again: its instalment is due again, and the next run makes a new payment
    /// with a reference of its own. Money that came back is held anew. The database refuses who brought the word that it failed.
    package func execute(in context: CommandContext) async throws -> PaymentView {
        let payment = try await Payment.find(payment, in: context)
        return try await context.seeingAll { _ in try await reissue(payment, in: context) }
    }

    private func reissue(_ payment: Payment, in context: CommandContext) async throws -> PaymentView {
        guard [.rejected, .returned].contains(payment.state) else {
            throw Refusal.conflict(
                payment.state == .unknown
                    ? Phrase(
                        "Nobody knows whether \(payment.reference) was paid: ask the bank, and record its word (relief payment disprove).",
                        "付款 \(payment.reference) 结果不明：请向银行查询并登记其答复（relief payment disprove）。")
                    : Phrase(
                        "Payment \(payment.reference) is \(payment.state.rawValue): only a rejected or returned one is made anew.",
                        "付款 \(payment.reference) 目前为“\(payment.state.title.zh)”：只有被拒或退回的才能重发。"))
        }
        let reason = try await PublicReason.checked(reason, about: "SELECT \(payment.caseID)", in: context)
        let row = try await context.transaction.one(
            """
            SELECT i.state, i.ordinal, w.item, w.stopped_at IS NOT NULL AS stopped FROM relief.instalment i
            JOIN relief.award w ON w.id = i.award WHERE i.id = \(payment.instalment) FOR NO KEY UPDATE OF i
            """)
        guard try row["state"] == InstalmentState.failed, try !row["stopped"] else {
            throw Refusal.conflict(
                Phrase(
                    "The award of case \(payment.caseNumber) was stopped: nothing of it is paid any more.",
                    "案件\(payment.caseNumber)的救助已停发：不再支付。"))
        }
        guard try await !context.transaction.value("SELECT relief.is_contradicted(\(payment.instalment))") else {
            throw Refusal.conflict(
                Phrase(
                    "The bank contradicted itself about a payment of \(payment.caseNumber): find out, and settle its line first (relief bank list).",
                    "银行对\(payment.caseNumber)的一笔付款前后矛盾：请先查明并处理该明细（relief bank list）。")
            )
        }
        try await refusePointless(payment, in: context)
        try await context.transaction.execute(
            """
            UPDATE relief.payment SET state = 'reissued', reissue_reason = \(reason), reissued_by = \(context.principal.user)
            WHERE id = \(payment.id)
            """)
        var hold: UUID? = payment.hold
        if payment.state == .returned {
            let fund = try await Fund.find(id: payment.fund, in: context)
            hold = try await Funds.hold(
                [(payment.instalment, payment.amount)], fund: fund, item: row["item"], reference: payment.caseNumber,
                in: context)[payment.instalment]
        }
        try await context.transaction.execute(
            "UPDATE relief.instalment SET state = 'due', hold = \(hold) WHERE id = \(payment.instalment)")
        context.concerns(payment.reference)
        context.concerns(payment.caseNumber)
        context.note("reason", .string(reason))
        return try await Payments.view(payment.id, in: context)
    }

    /// The same account can't take the money a second time where the bank said that it is closed or not the payee's.
    private func refusePointless(_ payment: Payment, in context: CommandContext) async throws {
        guard let meaning = payment.reasonCode.flatMap({ ReasonCode(rawValue: $0).meaning }), meaning.retryIsPointless
        else { return }
        let isSame = try await context.seeingAll {
            try await $0.exists(
                "SELECT FROM relief.payee_account WHERE id = \(payment.payeeAccount) AND status = 'active'")
        }
        guard !isSame else {
            let code = payment.reasonCode ?? ""
            throw Refusal.conflict(
                Phrase(
                    "The bank refuses this account (\(code), \(meaning.chinese)): register another first (relief account register).",
                    "银行拒付该账户（\(code)，\(meaning.chinese)）：请先登记另一账户（relief account register）。"))
        }
    }
}

extension DisprovePayment: Executable {
    /// A payment of unknown fate fails only by the bank's written word, recorded by another than prepared or
    /// released its run.
    package func execute(in context: CommandContext) async throws -> PaymentView {
        let payment = try await Payment.find(payment, in: context)
        return try await context.seeingAll { _ in try await disprove(payment, in: context) }
    }

    private func disprove(_ payment: Payment, in context: CommandContext) async throws -> PaymentView {
        guard payment.state == .unknown else {
            throw Refusal.conflict(
                Phrase(
                    "Payment \(payment.reference) is \(payment.state.rawValue): only one of unknown fate is disproved.",
                    "付款\(payment.reference)目前为“\(payment.state.title.zh)”：只有结果不明的才能证明未付。"))
        }
        let run = try await context.transaction.one(
            "SELECT prepared_by, released_by FROM relief.run WHERE id = \(payment.run)")
        let signers: [UUID?] = [try run["prepared_by"], try run["released_by"]]
        guard !context.principal.isSystem, !signers.contains(context.principal.user) else {
            throw Refusal.forbidden(
                Phrase(
                    "Four eyes: nobody disproves a payment of a run that he or she prepared or released.",
                    "须由不同的人办理：编制或交付批次的人不得证明其付款未付。"))
        }
        let proof = try await PublicReason.checked(
            proof, field: "proof", about: "SELECT \(payment.caseID)", in: context)
        try await refuseBeforeTaken(payment, in: context)
        try await context.transaction.execute(
            """
            UPDATE relief.payment SET state = 'rejected', reason = \(proof), proof = \(proof),
              disproved_by = \(context.principal.user) WHERE id = \(payment.id)
            """)
        try await context.transaction.execute(
            "UPDATE relief.instalment SET state = 'failed' WHERE id = \(payment.instalment)")
        try await Runs.settleAnswers([payment.run], in: context)
        context.concerns(payment.reference)
        context.concerns(payment.caseNumber)
        context.concerns(payment.runNumber)
        context.note("proof", .string(proof))
        return try await Payments.view(payment.id, in: context)
    }

    /// The bank would pay what it finds in its folder, however long after.
    private func refuseBeforeTaken(_ payment: Payment, in context: CommandContext) async throws {
        guard let bank = context.door.bankFolder else { return }
        let name: String = try await context.transaction.value(
            "SELECT name FROM relief.bank_file WHERE run = \(payment.run)")
        let file = bank.appending(path: "to-bank/\(name)")
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        throw Refusal.conflict(
            Phrase(
                "The bank hasn't taken the file of \(payment.runNumber) yet, and would pay it when it does. Take it out of the bank's folder first: \(file.path)",
                "银行尚未取走批次 \(payment.runNumber) 的文件，取走后仍会付款。请先把文件移出银行目录：\(file.path)")
        )
    }
}
