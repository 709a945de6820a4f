import BankFiles
import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// What of ours a bank's file is about, as far as its importer may see: read in a few statements, however long the file.
///
/// What the importer may not see is as if it weren't: a line about it is like one about nothing.
struct BankGround: Sendable {
    struct Batch: Sendable {
        let id: UUID
        let payments: Int
        let total: Fen
    }

    let payments: [UUID: Payment]
    private let named: Named
    let parties: BankParties
    let clues: BankClues
    /// Payments by our reference, or by batch and place.
    private let byReference: [String: UUID]
    /// Payments that the bank tied a reference of its own to, in an earlier file.
    private let byBankReference: [String: UUID]

    /// Runs whose file a line names: by number, and by the name under which the bank got the file.
    var runs: [String: Batch] { named.runs }
    /// Runs paid by 代发 text, whose answers name the bank's own account.
    var textRuns: Set<UUID> { named.textRuns }
    /// The funds' own accounts, by fund.
    var accounts: [UUID: String] { named.accounts }

    private struct Named: Sendable {
        var runs: [String: Batch] = [:]
        var textRuns: Set<UUID> = []
        var accounts: [UUID: String] = [:]
    }

    /// Locks the runs and payments that the file names.
    init(_ message: BankMessage, in context: CommandContext) async throws {
        let tied = try await Self.tied(message, in: context)
        named = try await Self.lockRuns(of: message, tied: Array(tied.values), in: context)
        let found = try await Self.paymentsOf(runs: Array(Set(named.runs.values.map(\.id))), in: context)
        parties = try await BankParties(message.words, payments: found, in: context)
        let debits = try await Self.debits(of: found, in: context)
        var serials: [UUID: Int] = [:]
        var byReference: [String: UUID] = [:]
        var payments: [UUID: Payment] = [:]
        for var payment in found {
            payment.debits = debits[payment.id] ?? BankDebits()
            payments[payment.id] = payment
            serials[payment.run, default: 0] += 1
            byReference[payment.reference] = payment.id
            byReference[BatchTextTemplate.reference(batch: payment.runNumber, serial: serials[payment.run] ?? 0)] =
                payment.id
        }
        (self.payments, self.byReference, byBankReference) = (payments, byReference, tied)
        let credits = message.words.enumerated().filter { [byReference] _, word in
            message.kind.isBooks && [.received, .returned].contains(word.saying) && word.unread == nil
                && word.reference.flatMap { byReference[$0] } == nil && word.bankReference.flatMap { tied[$0] } == nil
        }
        clues = try await BankClues(credits.map { ($0.offset, $0.element) }, parties, in: context)
    }

    /// The payment that a line is about: by our reference, or where it bears none, by what the bank tied its own to.
    func payment(of word: BankWord) -> UUID? {
        if let reference = word.reference { return byReference[reference] }
        guard let id = word.bankReference.flatMap({ byBankReference[$0] }), payments[id]?.amount == word.amount else {
            return nil
        }
        return id
    }

    func union(of word: BankWord) -> UUID? { parties.union(of: word) }

    /// References of the bank's own that earlier files bore beside one payment of ours, for the lines that bear no other.
    private static func tied(_ message: BankMessage, in context: CommandContext) async throws -> [String: UUID] {
        let references = message.words.filter { $0.reference == nil && message.kind.isBooks }.compactMap(
            \.bankReference)
        guard !references.isEmpty else { return [:] }
        let rows = try await context.transaction.query(
            """
            SELECT l.bank_reference, (array_agg(DISTINCT t.payment))[1] AS payment FROM relief.bank_line l
            CROSS JOIN LATERAL (SELECT coalesce(l.payment, (SELECT m.payment FROM relief.bank_match m
              WHERE m.line = l.id AND m.confirmed_by IS NOT NULL)) AS payment) AS t
            WHERE l.bank_reference = ANY (\(Array(Set(references)))) AND t.payment IS NOT NULL
            GROUP BY 1 HAVING count(DISTINCT t.payment) = 1
            """)
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0["bank_reference"], try $0["payment"]) })
    }

    private static func lockRuns(
        of message: BankMessage, tied: [UUID], in context: CommandContext
    ) async throws -> Named {
        let references = Array(Set(message.words.compactMap(\.reference)))
        let files = (message.words + [message.refusedFile].compactMap(\.self)).compactMap(\.file)
        let blocks = message.words.compactMap(\.batch).flatMap { [$0.blockID, $0.messageID].compactMap(\.self) }
        let batches = references.compactMap { text in text.lastIndex(of: "-").map { String(text[..<$0]) } }
        let names = Array(Set(files + blocks + batches))
        let rows = try await context.transaction.query(
            """
            SELECT r.id, r.number, r.fund, r.payments, r.total, b.message_id, b.format = 'batchText' AS is_text
            FROM relief.run r LEFT JOIN relief.bank_file b ON b.run = r.id
            WHERE r.number = ANY (\(names)) OR b.message_id = ANY (\(names)) OR r.id IN (
              SELECT p.run FROM relief.payment p WHERE p.reference = ANY (\(references)) OR p.id = ANY (\(tied)))
            ORDER BY r.id FOR NO KEY UPDATE OF r
            """)
        var named = Named()
        for row in rows {
            let (id, fund): (UUID, UUID) = try (row["id"], row["fund"])
            let batch = Batch(id: id, payments: try row["payments"], total: try row["total"])
            named.runs[try row["number"]] = batch
            if let name: String = try row["message_id"] { named.runs[name] = batch }
            if let isText: Bool = try row["is_text"], isText { named.textRuns.insert(id) }
            if named.accounts[fund] == nil {
                let fund = try await Fund.find(id: fund, in: context)
                named.accounts[fund.id] = try context.vault.open(fund.account, .fundAccount, row: fund.id)
            }
        }
        return named
    }

    private static func paymentsOf(runs: [UUID], in context: CommandContext) async throws -> [Payment] {
        try await context.seeingAll {
            try await $0.query(
                "SELECT \(Payment.columns) WHERE p.run = ANY (\(runs)) ORDER BY p.run, p.reference FOR NO KEY UPDATE OF p"
            ).map(Payment.init)
        }
    }

    /// What the bank's books told of these payments before.
    private static func debits(of payments: [Payment], in context: CommandContext) async throws -> [UUID: BankDebits] {
        let booked = payments.filter { $0.bookedOn != nil }.map(\.id)
        let rows = try await context.transaction.query(
            """
            SELECT DISTINCT l.payment, l.bank_reference, l.day, m.kind
            FROM relief.bank_line l JOIN relief.bank_message m ON m.id = l.message
            WHERE l.payment = ANY (\(booked)) AND l.saying = 'booked' AND l.class IN ('booked', 'duplicate')
            UNION
            -- What two people found booked is a debit of its day, in the books under no name that the bank gives again.
            SELECT p.id, NULL, m.day, \(BankMessage.Kind.statement.rawValue)
            FROM relief.bank_match m JOIN relief.payment p ON p.id = m.payment OR p.run = m.run
            WHERE p.id = ANY (\(booked)) AND m.becomes = 'booked' AND m.confirmed_by IS NOT NULL
            """)
        return try rows.reduce(into: [:]) { debits, row in
            guard let kind = BankMessage.Kind(rawValue: try row["kind"]) else { return }
            try debits[row["payment"], default: BankDebits()].note(
                reference: row["bank_reference"], day: row["day"], in: kind, isNew: false)
        }
    }
}
