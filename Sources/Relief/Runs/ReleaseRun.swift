package import Contract
import BankFiles
import Crypto
import Foundation
import Postgres
import WorkingDays

extension ReleaseRun: Executable {
    /// Writes the one file of the run. What was signed must still be so: a payee who died or changed the account meanwhile
    /// stops the release.
    package func execute(in context: CommandContext) async throws -> RunView {
        let run = try await Run.find(run, in: context)
        try await run.requireSigner("release", in: .approved, sheet: sheet, context)
        let fund = try await Fund.find(id: run.fund, in: context)
        let payables = try await run.requirePayable(in: context)
        let now = try RunSheet(run: run.number, fund: fund, executeOn: run.executeOn, payables, in: context)
        guard Hex.encode(SHA256.hash(data: try JSON.encode(now))) == run.sheet else {
            throw Refusal.conflict(
                Phrase(
                    "An account has changed since run \(run.number) was signed: cancel it and prepare it anew.",
                    "批次 \(run.number) 签批之后有账户变更：请取消并重新编制。"))
        }
        let file = try BankFile(run: run, fund: fund, payables, format: format, in: context)
        try await file.keep(run: run, in: context)
        context.noteSigned(run.sheet, unseen: unseen)
        context.note("file", .string(file.name))
        context.note("sha256", .string(file.sha256))
        if context.door.bankFolder != nil { try await Errand.run(HandOverRun(run: run.number), in: context) }
        return try await Runs.signed(run, in: context)
    }
}

/// The one file of a run: the same bytes, whoever fetches it and whenever.
struct BankFile {
    let name: String
    let format: BankFormat
    /// What the bank knows it by, and names in its answers.
    let messageID: String
    let content: Data

    var sha256: String { Hex.encode(SHA256.hash(data: content)) }

    /// Makes the file's bytes. Refuses what the bank would refuse, naming the payment.
    init(run: Run, fund: Fund, _ payables: [Payable], format: BankFormat, in context: CommandContext) throws {
        let payments = try payables.map { try $0.transfer(in: context) }.sorted { $0.endToEndID < $1.endToEndID }
        self.format = format
        messageID = format == .pain001 ? Self.messageID(run.number) : run.number
        do {
            switch format {
            case .pain001:
                guard let cnaps = fund.cnaps else { throw FileFit.lacksBankNumber(fund) }
                name = "\(run.number).xml"
                let header = CreditTransferHeader(
                    messageID: messageID, createdAt: context.now, debtorName: fund.holder,
                    debtorAccount: try context.vault.open(fund.account, .fundAccount, row: fund.id), debtorAgent: cnaps,
                    requestedExecutionDay: max(run.executeOn, context.today), count: payments.count, sum: 0)
                content = try CreditTransferFile(header: header, payments: payments).bytes()
            case .batchText:
                name = "\(run.number).txt"
                content = try BatchTextFile.bytes(payments, template: .common)
            }
        } catch let error as BankFileError {
            throw Refusal.conflict(
                Phrase(
                    "The bank would refuse the file: \(error)",
                    "银行会拒收该文件：\(error)"))
        }
    }

    /// How a run's file is named at the bank: its number, or a digest of it where that is longer than 35 characters or has one
    /// that ISO 20022's identifiers don't (`_`).
    static func messageID(_ number: String) -> String {
        let isPermitted =
            number.utf8.count <= 35 && number.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return isPermitted ? number : "R" + Hex.encode(SHA256.hash(data: Array(number.utf8))).prefix(34)
    }

    /// Releases the run and keeps its file, encrypted, for ever.
    func keep(run: Run, in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            UPDATE relief.run SET state = 'released', released_by = \(context.principal.user), released_at = \(context.now)
            WHERE id = \(run.id)
            """)
        let id = UUID()
        try await context.transaction.execute(
            """
            INSERT INTO relief.bank_file (id, run, name, format, message_id, content, sha256, created_at)
            VALUES (\(id), \(run.id), \(name), \(format), \(messageID), \(context.vault.seal(content, .bankFile, row: id.uuidString)),
              \(sha256), \(context.now))
            """)
        try await context.transaction.execute(
            "UPDATE relief.payment SET state = 'inFile' WHERE run = \(run.id)")
    }

    /// The kept file of a run. Throws a refusal where none was released.
    static func fetch(_ run: Run, in context: some OperationContext) async throws -> FileContent {
        let row = try await context.transaction.first(
            "SELECT id, name, content, sha256 FROM relief.bank_file WHERE run = \(run.id)")
        guard let row else {
            throw Refusal.conflict(
                Phrase(
                    "Run \(run.number) is \(run.state.rawValue): it has no file until it is released.",
                    "批次 \(run.number) 目前为“\(run.state.title.zh)”：交付之前没有文件。"))
        }
        let (id, sha256): (UUID, String) = try (row["id"], row["sha256"])
        let content = Data(try context.vault.open(row["content"], .bankFile, row: id.uuidString))
        guard Hex.encode(SHA256.hash(data: content)) == sha256 else { throw VaultError.cannotOpen(field: .bankFile) }
        return FileContent(fileName: try row["name"], sha256: sha256, content: content)
    }
}

extension GetRunFile: Answerable {
    package func answer(in context: QueryContext) async throws -> FileContent {
        context.concerns(run)
        let file = try await BankFile.fetch(Run.find(run, in: context), in: context)
        context.note("file", .string(file.fileName))
        context.note("sha256", .string(file.sha256))
        return file
    }
}
