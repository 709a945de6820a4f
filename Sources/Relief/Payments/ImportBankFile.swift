package import Contract
import BankFiles
import Crypto
import FoundationEssentials
import Ledger
import Postgres
import WorkingDays

extension ImportBankFile: Executable {
    /// Takes in a bank's file once, by its bytes; every line ends in exactly one class, and only what a line says is
    /// believed.
    package func execute(in context: CommandContext) async throws -> BankImportView {
        guard !content.isEmpty, content.count <= 64 << 20 else {
            throw Refusal.tooLarge("A bank's file has 1 byte to 64 MiB.", field: "content")
        }
        let sha256 = Hex.encode(SHA256.hash(data: content))
        if let view = try await BankImport.known(sha256, fileName: fileName, in: context) { return view }
        let message = try BankMessage(content, fileName: fileName)
        var heard = try await BankImport(message, in: context)
        heard.hear(on: context.today)
        let intake = heard
        guard let id = try await intake.keep(fileName: fileName, sha256: sha256, in: context) else {
            throw Refusal.conflict("The file \(fileName) is being taken in by somebody else: ask again.")
        }
        try await context.seeingAll { _ in
            try await intake.book(in: context)
            try await intake.movePayments(in: context)
            try await intake.moveInstalments(in: context)
        }
        context.note("file", .string(sha256))
        context.note("message", .string(id.uuidString.lowercased()))
        for (name, count) in intake.classes { context.note(name, .int(Int64(count))) }
        return BankImportView(
            fileName: fileName, format: message.kind.rawValue, alreadyImported: false, lines: intake.lines.count,
            classes: intake.classes, problems: intake.problems)
    }
}

/// A file of the bank on its way in: its lines, the payments that they name, and what follows.
struct BankImport {
    struct Line {
        let word: BankWord
        let verdict: BankLineClass
        let detail: String?
        let payment: UUID?
        let run: UUID?
        /// The union on whose account it stands, where it names no payment of ours.
        var union: UUID?
    }

    let message: BankMessage
    var payments: [UUID: Payment] = [:]
    private var byReference: [String: UUID] = [:]
    /// Runs whose file a line names, by number; runs paid by 代发 text, whose answers name the bank's own account.
    private var runs: [String: UUID] = [:]
    private var textRuns: Set<UUID> = []
    /// The funds' own accounts, by fund.
    private var accounts: [UUID: String] = [:]
    private var parties: BankParties
    private(set) var lines: [Line] = []
    private(set) var moves: [PaymentMove] = []

    /// Locks the runs and payments that the file names. Refuses a file about payments that the asker may not see, so that
    /// it isn't taken in half.
    init(_ message: BankMessage, in context: CommandContext) async throws {
        self.message = message
        let references = Array(Set(message.words.compactMap(\.reference)))
        let files = (message.words + [message.refusedFile].compactMap(\.self)).compactMap(\.file)
        let batches = references.compactMap { text in text.lastIndex(of: "-").map { String(text[..<$0]) } }
        let numbers = Array(Set(files + batches))
        let named: SQL = """
            r.number = ANY (\(numbers)) OR r.id IN (SELECT p.run FROM relief.payment p WHERE p.reference = ANY (\(references)))
            """
        let known: Int = try await context.seeingAll {
            try await $0.value("SELECT count(*) FROM relief.run r WHERE \(named)")
        }
        let rows = try await context.transaction.query(
            """
            SELECT r.id, r.number, r.fund, EXISTS (SELECT FROM relief.bank_file b WHERE b.run = r.id
              AND b.format = 'batchText') AS is_text
            FROM relief.run r WHERE \(named) ORDER BY r.id FOR NO KEY UPDATE
            """)
        guard rows.count == known else {
            throw Refusal.notFound(
                "The file answers runs of a union that you don't import results for.", field: "content")
        }
        for row in rows {
            let (id, fund): (UUID, UUID) = try (row["id"], row["fund"])
            runs[try row["number"]] = id
            if try row["is_text"] { textRuns.insert(id) }
            if accounts[fund] == nil {
                let fund = try await Fund.find(id: fund, in: context)
                accounts[fund.id] = try context.vault.open(fund.account, .fundAccount, row: fund.id)
            }
        }
        let ids: [UUID] = try rows.map { try $0["id"] }
        let found = try await context.seeingAll {
            try await $0.query(
                "SELECT \(Payment.columns) WHERE p.run = ANY (\(ids)) ORDER BY p.run, p.reference FOR NO KEY UPDATE OF p"
            ).map(Payment.init)
        }
        parties = try await BankParties(message.words, payments: found, in: context)
        let debits = try await Self.debits(of: found, in: context)
        var serials: [UUID: Int] = [:]
        for var payment in found {
            payment.debits = debits[payment.id] ?? []
            payments[payment.id] = payment
            serials[payment.run, default: 0] += 1
            byReference[payment.reference] = payment.id
            byReference[BatchTextTemplate.reference(batch: payment.runNumber, serial: serials[payment.run] ?? 0)] =
                payment.id
        }
    }

    /// What the bank's books told of these payments before.
    private static func debits(
        of payments: [Payment], in context: CommandContext
    ) async throws -> [UUID: [BankDebit]] {
        let booked = payments.filter { $0.bookedOn != nil }.map(\.id)
        let rows = try await context.transaction.query(
            """
            SELECT l.payment, l.bank_reference, l.day FROM relief.bank_line l
            WHERE l.payment = ANY (\(booked)) AND l.saying = 'booked' AND l.class IN ('booked', 'duplicate')
            """)
        return try rows.reduce(into: [:]) { debits, row in
            let debit = BankDebit(bankReference: try row["bank_reference"], day: try row["day"], isNew: false)
            debits[try row["payment"], default: []].append(debit)
        }
    }

    /// Puts every line into its class, in the file's order.
    mutating func hear(on today: Day) {
        for word in message.words { hear(word, of: word.reference.flatMap { byReference[$0] }, today) }
        guard let refusal = message.refusedFile else { return }
        let listed = Set(lines.compactMap(\.payment))
        let run = refusal.file.flatMap { runs[$0] }
        let rest = payments.values.filter { $0.run == run && !listed.contains($0.id) }.sorted {
            $0.reference < $1.reference
        }
        for payment in rest { hear(refusal, of: payment.id, today) }
        if rest.isEmpty, message.words.isEmpty {
            lines.append(
                Line(word: refusal, verdict: .unmatched, detail: refusal.detail, payment: nil, run: run))
        }
    }

    private mutating func hear(_ word: BankWord, of id: UUID?, _ today: Day) {
        let run = word.file.flatMap { runs[$0] }
        guard let id, var payment = payments[id] else {
            let verdict: BankLineClass =
                switch word.saying {
                case .received: .received
                case .pending where message.kind == .entries: .pending
                default: .unmatched
                }
            lines.append(
                Line(
                    word: word, verdict: verdict, detail: word.detail, payment: nil, run: run,
                    union: parties.union(of: word)))
            return
        }
        if let reason = stranger(in: word, of: payment) {
            lines.append(
                Line(word: word, verdict: .contradiction, detail: reason, payment: id, run: payment.run))
            return
        }
        let (verdict, detail, moves) = payment.hear(word, on: today)
        payments[id] = payment
        self.moves += moves
        lines.append(Line(word: word, verdict: verdict, detail: detail, payment: id, run: payment.run))
    }

    /// Why a line can't speak of this payment: another's account stands in it.
    private func stranger(in word: BankWord, of payment: Payment) -> String? {
        if let account = word.account, account != accounts[payment.fund], !textRuns.contains(payment.run) {
            return "it stands on another account than the fund's"
        }
        return parties.isPayee(word, of: payment) ? nil : "it says that another account than the payee's got the money"
    }

    var classes: [String: Int] {
        lines.reduce(into: [:]) { $0[$1.verdict.rawValue, default: 0] += 1 }
    }

    /// Lines that a person has to look at.
    var problems: [String] {
        lines.enumerated().filter { Self.troubles.contains($1.verdict) }.map { index, line in
            "line \(index + 1), \(line.word.reference ?? line.word.bankReference ?? "no reference"): "
                + "\(line.verdict.rawValue)\(line.detail.map { ", \($0)" } ?? "")"
        }
    }

    static let troubles: Set<BankLineClass> = [.amountMismatch, .unmatched, .contradiction]
}
