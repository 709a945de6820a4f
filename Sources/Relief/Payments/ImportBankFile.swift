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
        do {
            return try await take(in: context)
        } catch let unfinished as UnfinishedBankFile {
            throw unfinished.refusal
        }
    }

    /// The same for the watch of the bank's folder. Throws `UnfinishedBankFile` where somebody may still be writing it.
    func take(in context: CommandContext) async throws -> BankImportView {
        guard !content.isEmpty else {
            throw Refusal.invalid(
                Phrase("The file is empty: take it from the bank again.", "文件是空的：请重新从银行下载。"), field: "content")
        }
        guard content.count <= 64 << 20 else {
            throw Refusal.tooLarge(
                Phrase("A bank's file must have at most 64 MiB.", "银行文件不得超过 64 MiB。"), field: "content")
        }
        let sha256 = Hex.encode(SHA256.hash(data: content))
        if let view = try await BankImport.known(sha256, fileName: fileName, in: context) { return view }
        let message = try BankMessage(content, fileName: fileName)
        var heard = try await BankImport(message, in: context)
        heard.hear(on: context.today)
        guard heard.isAboutUs else { throw BankImport.aboutNobody }
        let intake = heard
        guard let id = try await intake.keep(fileName: fileName, sha256: sha256, in: context) else {
            throw Refusal.conflict(
                Phrase(
                    "The file \(fileName) is being taken in by somebody else: ask again.",
                    "文件 \(fileName) 正由他人导入：请稍后再试。"))
        }
        let moved = PaymentMoves(payments: intake.payments, moves: intake.moves)
        try await context.seeingAll { _ in try await moved.carryOut(in: context) }
        context.note("file", .string(sha256))
        context.note("message", .string(id.uuidString.lowercased()))
        for (name, count) in intake.classes { context.note(name, .int(Int64(count))) }
        return BankImportView(
            fileName: fileName, format: message.kind.rawValue, alreadyImported: false, lines: intake.lines.count,
            classes: intake.classes, problems: intake.problems, leftOut: intake.leftOut)
    }
}

/// A file of the bank on its way in: its lines, the payments that they name, and what follows.
struct BankImport {
    struct Line {
        let word: BankWord
        let verdict: BankLineClass
        var detail: String?
        var payment: UUID?
        var run: UUID?
        /// The union on whose account it stands, where it names no payment of ours.
        var union: UUID?
    }

    let message: BankMessage
    private let ground: BankGround
    /// As they stand after what was heard so far.
    private(set) var payments: [UUID: Payment]
    private(set) var lines: [Line] = []
    private(set) var moves: [PaymentMove] = []

    init(_ message: BankMessage, in context: CommandContext) async throws {
        self.message = message
        ground = try await BankGround(message, in: context)
        payments = ground.payments
    }

    /// Puts every line into its class, in the file's order.
    mutating func hear(on today: Day) {
        lines.reserveCapacity(message.words.count)
        for (place, word) in message.words.enumerated() { lines.append(line(word, at: place, today)) }
        guard let refusal = message.refusedFile else { return }
        let listed = Set(lines.compactMap(\.payment))
        let run = refusal.file.flatMap { ground.runs[$0]?.id }
        let rest = payments.values.filter { $0.run == run && !listed.contains($0.id) }.sorted {
            $0.reference < $1.reference
        }
        for payment in rest { lines.append(heard(refusal, of: payment.id, today)) }
        if rest.isEmpty, message.words.isEmpty {
            lines.append(Line(word: refusal, verdict: .unmatched, detail: refusal.detail, run: run))
        }
    }

    private mutating func line(_ word: BankWord, at place: Int, _ today: Day) -> Line {
        switch word.unread {
        case .foreign(let currency, let amount):
            return Line(word: word, verdict: .foreign, detail: "\(amount) \(currency)", union: ground.union(of: word))
        case .fault(let why):
            return Line(word: word, verdict: .unmatched, detail: why, union: ground.union(of: word))
        case nil: break
        }
        guard let id = ground.payment(of: word), let payment = payments[id] else {
            return lineWithoutPayment(word, at: place)
        }
        if word.isByRow, word.amount != payment.amount || !ground.parties.isSurelyPayee(word, of: payment) {
            return Line(
                word: word, verdict: .unmatched,
                detail: "the place in our file is \(payment.reference)'s, but account and amount are not",
                run: payment.run)
        }
        if let reason = stranger(in: word, of: payment) {
            return Line(word: word, verdict: .contradiction, detail: reason, payment: id, run: payment.run)
        }
        return heard(word, of: id, today)
    }

    private mutating func heard(_ word: BankWord, of id: UUID, _ today: Day) -> Line {
        // In place: a copy for each line would make a file with many lines about one payment quadratic.
        let heard = payments[id]?.hear(word, in: message.kind, on: today)
        moves += heard?.moves ?? []
        return Line(
            word: word, verdict: heard?.class ?? .unmatched, detail: heard?.detail, payment: id, run: payments[id]?.run)
    }

    /// A line that names no payment for certain: what it may be, for the person who looks at it.
    private func lineWithoutPayment(_ word: BankWord, at place: Int) -> Line {
        let union = ground.union(of: word)
        var line = Line(
            word: word, verdict: .unmatched, detail: word.detail, run: word.file.flatMap { ground.runs[$0]?.id })
        line.union = union
        guard message.kind.isBooks else { return line }
        if !ground.parties.isOurs(word) {
            return Line(word: word, verdict: .foreign, detail: "it stands on no account of ours")
        }
        switch word.saying {
        case .pending: return Line(word: word, verdict: .pending, detail: word.detail, run: line.run, union: union)
        case .received, .returned:
            let found = ground.clues.candidates(at: place)
            guard let first = found.first else {
                return word.saying == .returned
                    ? line : Line(word: word, verdict: .received, detail: remark(of: word), run: line.run, union: union)
            }
            let names = found.prefix(3).map(\.reference).joined(separator: ", ")
            return Line(
                word: word, verdict: .likelyReturn,
                detail: [remark(of: word), "it looks like \(names)\(found.count > 3 ? " or others" : "") come back"]
                    .compactMap(\.self).joined(separator: "; "),
                payment: found.count == 1 ? first.payment : nil, run: found.count == 1 ? first.run : nil, union: union)
        case .booked where word.batch != nil: return batch(word, union)
        default: return line
        }
    }

    /// One debit for a whole file of ours.
    private func batch(_ word: BankWord, _ union: UUID?) -> Line {
        let names = [word.batch?.blockID, word.batch?.messageID].compactMap(\.self)
        guard let run = names.lazy.compactMap({ ground.runs[$0] }).first else {
            return Line(word: word, verdict: .unmatched, detail: "one entry for a file that isn't ours", union: union)
        }
        let agrees = word.amount == run.total && word.batch?.count.map { $0 == run.payments } ?? true
        return Line(
            word: word, verdict: agrees ? .likelyPaid : .amountMismatch,
            detail: "one entry for the whole run of \(run.payments) payments, \(run.total)", run: run.id)
    }

    private func remark(of word: BankWord) -> String? {
        let text = [word.detail, word.remittance.isEmpty ? nil : word.remittance].compactMap(\.self).joined(
            separator: " ")
        return text.isEmpty ? nil : String(text.prefix(300))
    }

    /// Why a line can't speak of this payment: another's account stands in it.
    private func stranger(in word: BankWord, of payment: Payment) -> String? {
        if let account = word.account, account != ground.accounts[payment.fund], !ground.textRuns.contains(payment.run)
        {
            return "it stands on another account than the fund's"
        }
        let isOut = ![.received, .returned].contains(word.saying)
        return isOut && !ground.parties.isPayee(word, of: payment)
            ? "it says that another account than the payee's got the money" : nil
    }
}

/// What an import tells.
extension BankImport {
    var classes: [String: Int] {
        lines.reduce(into: [:]) { $0[$1.verdict.rawValue, default: 0] += 1 }
    }

    /// Lines that a person has to look at, the first of them; `bank list` has all.
    var problems: [String] {
        lines.enumerated().lazy.filter { Self.troubles.contains($1.verdict) }.prefix(Self.mostProblems).map {
            index, line in
            "line \(index + 1), \(line.word.reference ?? line.word.bankReference ?? "no reference"): "
                + "\(line.verdict.rawValue)\(line.detail.map { ", \($0)" } ?? "")"
        }
    }

    private static let mostProblems = 200

    /// Payments of a file of ours that the bank answered line by line, and of which it says nothing: they stay as they are.
    var leftOut: [String] {
        guard !message.kind.isBooks, message.refusedFile == nil, !message.words.isEmpty else { return [] }
        let named = Set(lines.compactMap(\.payment))
        let answered = Set(lines.compactMap { $0.payment == nil ? nil : $0.run })
        return payments.values.filter {
            answered.contains($0.run) && !named.contains($0.id)
                && [.inFile, .sent, .accepted, .unknown].contains($0.state)
        }.map(\.reference).sorted()
    }

    /// Whether anything in the file is about an account, a run or a payment that the importer answers for.
    var isAboutUs: Bool {
        lines.isEmpty || lines.contains { $0.payment != nil || $0.run != nil || $0.union != nil }
            || lines.contains { $0.verdict != .foreign && $0.word.account == nil }
    }

    static let aboutNobody = Refusal.notFound(
        Phrase(
            "Nothing in the file is about an account or a run that you take results in for.",
            "文件中没有任何一行属于您负责导入回单的账户或批次。"), field: "content")

    static let troubles: Set<BankLineClass> = [
        .likelyPaid, .likelyReturn, .amountMismatch, .unmatched, .contradiction,
    ]
}
