import BankFiles
import Contract
import Crypto
import Foundation
import Ledger
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// An office with a filled fund and awards whose instalments are due: the ground of all tests about paying.
struct Treasury {
    let office: Office
    /// Numbers of the cases, each with an award.
    let cases: [String]

    var door: Door { office.door }

    /// Awards as many cases, each in instalments of the amount in fen, out of the fund XN-2026; everybody can be paid.
    /// The first payee has the name given.
    static func open(
        cases count: Int = 3, first: String = "马秀英", cnaps: String? = "102851000018", instalments: Int = 1,
        amount: Int64 = 100_000, received: Int64 = 100_000_000,
        bankFolder: URL? = nil
    ) async throws -> Treasury {
        let office = try await Office.open(bankFolder: bankFolder)
        var made = Synthetic(seed: 20_260_701)
        let rows = (1...count).map {
            let name = $0 == 1 ? first : "马秀英"
            return "\($0),\(name),\(made.idNumber()),,户主,\(name),某银行,102851000018,\(made.card())"
        }
        let report = try await office.door.perform(
            ImportHouseholds(
                organisation: "XN", csv: "户号,姓名,身份证号,手机,关系,户名,开户行,联行号,账号\n" + rows.joined(separator: "\n"),
                mode: .all), as: office.worker)
        #expect(report.problems.isEmpty)
        _ = try await office.door.perform(Self.fund(cnaps: cnaps), as: office.finance)
        _ = try await office.door.perform(
            ReceiveMoney(fund: "XN-2026", amount: Fen(received), on: Day("2026-06-30")!, reference: "IN-1"),
            as: office.finance)
        let awarded = try await office.door.perform(
            AwardHouseholds(
                households: report.created, instalments: instalments, amount: Fen(amount),
                opener: office.worker.user, approver: office.approver.user), as: .system)
        return Treasury(office: office, cases: awarded)
    }

    static func fund(
        _ code: String = "XN-2026", organisation: String = "XN", item: String = "living", serves: [String]? = nil,
        cnaps: String? = "102851000018"
    ) -> CreateFund {
        CreateFund(
            code: code, name: "西宁市帮扶资金", organisation: organisation, source: .ownFunds, year: 2026,
            items: [FundItem(item: item, from: Day("2026-01-01")!, source: "测试文件1号")], bank: "某银行",
            accountNumber: "6301 0000 1234 5678", accountHolder: "西宁市总工会", cnaps: cnaps, serves: serves)
    }

    /// A run of everything due, in the state asked for.
    func run(_ state: RunState, format: BankFormat = .pain001) async throws -> RunView {
        var run = try await door.perform(
            PrepareRun(fund: "XN-2026", upTo: Day("2026-12-31")!, executeOn: max(office.today, Day("2026-07-03")!)),
            as: office.finance)
        if state == .prepared { return run }
        run = try await door.perform(CheckRun(run: run.number, sheet: run.sheet), as: office.checker)
        if state == .checked { return run }
        run = try await door.perform(ApproveRun(run: run.number, sheet: run.sheet), as: office.financeApprover)
        if state == .approved { return run }
        run = try await door.perform(
            ReleaseRun(run: run.number, sheet: run.sheet, format: format), as: office.cashier)
        if state == .released { return run }
        _ = try await door.perform(MarkFiledByHand(run: run.number), as: .system)
        return try await door.answer(ShowRun(run: run.number), as: office.finance)
    }

    func payments(_ run: RunView) async throws -> [PaymentView] {
        try await door.answer(ListPayments(run: run.number, limit: 500), as: office.finance).items
    }

    func payment(_ reference: String) async throws -> PaymentView {
        try await door.answer(ShowPayment(payment: reference), as: office.finance)
    }

    /// The payees' account numbers, in the order of the payments.
    func cards(of references: [String]) async throws -> [String] {
        try await Database.current.pool.transaction { transaction in
            try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
            var cards: [String] = []
            for reference in references {
                let row = try await transaction.one(
                    """
                    SELECT a.id, a.account FROM relief.payee_account a JOIN relief.payment p ON p.payee_account = a.id
                    WHERE p.reference = \(reference)
                    """)
                cards.append(try office.vault.open(row["account"], .account, row: row["id"]))
            }
            return cards
        }
    }

    func fund() async throws -> FundView {
        try await door.answer(ShowFund(fund: "XN-2026"), as: office.finance)
    }

    /// Takes a file in as the watch of the inbox does, or as somebody by hand.
    func take(_ data: Data, name: String = "answer.xml", by importer: Principal? = nil) async throws -> BankImportView {
        try await door.perform(ImportBankFile(fileName: name, content: data), as: importer ?? .system)
    }

    /// A pain.002 about the payments given.
    func status(
        _ statuses: [(String, PaymentStatus?, ReasonCode?)], file: String = "ELSEWHERE", group: PaymentStatus? = "PART",
        groupReason: ReasonCode? = nil, id: String = UUID().uuidString
    ) async throws -> BankImportView {
        let report = StatusReport(
            header: StatusReportHeader(
                messageID: String(id.prefix(35)), createdAt: nil, originalMessageID: file, groupStatus: group,
                groupReasons: groupReason.map { [StatusReason(code: $0)] } ?? []),
            transactions: statuses.map { reference, status, code in
                TransactionStatus(
                    endToEndID: reference, status: status, reasons: code.map { [StatusReason(code: $0)] } ?? [])
            })
        return try await take(report.bytes())
    }

    static func entry(
        _ reference: String?, _ amount: Int64, _ direction: BankEntry.Direction = .debit, on day: String = "2026-07-01",
        bank: String? = "B1", returned code: ReasonCode? = nil, account: String = "6301000012345678",
        payee: String? = nil
    ) -> BankEntry {
        BankEntry(
            account: account, amount: amount, direction: direction, isReversal: code != nil, bookingDay: Day(day),
            bankReference: bank, endToEndID: reference, counterpartyAccount: payee, returnReason: code)
    }

    /// A camt.054 with the entries given; it comes on the last day that it speaks of, or after it.
    func entries(_ entries: [BankEntry], id: String = UUID().uuidString) async throws -> BankImportView {
        if let last = entries.compactMap(\.bookingDay).max(), last > office.today { office.clock.set(last.start()) }
        return try await early(entries, id: id)
    }

    /// The same, whatever day it is.
    func early(_ entries: [BankEntry], id: String = UUID().uuidString) async throws -> BankImportView {
        let header = AccountReportHeader(messageID: String(id.prefix(35)), createdAt: nil, isStatement: false)
        return try await take(AccountReport(header: header, entries: entries).bytes())
    }

    /// Runs SQL as one command of the system, for the states that no operation makes.
    func sabotage(_ sql: String) async throws {
        _ = try await door.perform(RunSQL(sql: sql), as: .system)
    }

    func count(_ sql: SQL) async throws -> Int {
        try await Database.current.pool.transaction { transaction in
            try await transaction.execute("SELECT set_config('relief.scope', '{\"\"}', true)")
            return try await transaction.value(sql)
        }
    }
}

/// The whole way to an award, told to the database in short: its laws hold all the same.
struct AwardHouseholds: SystemCommand {
    typealias Reply = [String]
    static let name = "test.award"
    static let summary = Phrase("Awards for tests.", "试验。")

    let households: [String]
    let instalments: Int
    let amount: Fen
    let opener: UUID
    let approver: UUID

    func execute(in context: CommandContext) async throws -> [String] {
        let (version, session) = (UUID(), context.transaction)
        try await session.execute(
            """
            INSERT INTO relief.programme_version (id, programme, version, title, kind, pack, digest, needs_archive,
              has_notice, bands, state, added_by, added_at, released_by, released_at)
            VALUES (\(version), 'P02', 1, '生活救助', 'grant', \(try Self.pack), \(String(repeating: "0", count: 64)), false,
              false, '[]', 'released', \(opener), \(context.now), \(approver), \(context.now))
            """)
        let union = try await Organisation.find("XN", in: context)
        var numbers: [String] = []
        for household in households {
            let file = UUID()
            let number = try await Numbers.next(.file(year: 2026), of: union, in: session)
            let total = Int64(instalments) * amount.rawValue
            let shown = CaseSheet(
                version: nil, number: number, programme: "P02", packDigest: String(repeating: "0", count: 64),
                organisation: "XN",
                subject: household, period: "2026", round: 1, facts: [:], papers: [], visits: [], means: [],
                assessment: Assessment(
                    answer: .yes, rules: [], amount: Fen(total), amountBecause: [],
                    plan: (0..<instalments).map { PlannedPart(amount: amount, workingDays: 0, months: $0) },
                    parameters: [], open: [], period: "2026", requiredEvidence: []))
            let sheet = try await Sheets.keep(shown, subject: number, in: context)
            try await session.execute(
                """
                INSERT INTO relief.case_file (id, number, programme_version, programme, org_id, org_path, household, period,
                  state, facts, sheet, opened_by, opened_at)
                SELECT \(file), \(number), \(version), 'P02', \(union.id), \(union.path)::ltree, h.id, '2026', 'draft',
                  '{}', \(sheet), \(opener), \(context.now)
                FROM relief.household h WHERE h.number = \(household)
                """)
            for (step, kind, decider) in [(nil, "submit", opener), (1, "approve", approver)] as [(Int?, String, UUID)] {
                try await session.execute(
                    """
                    INSERT INTO relief.decision (id, case_id, step, kind, outcome, decided_by, sheet, version, inputs,
                      trace, decided_at)
                    VALUES (\(UUID()), \(file), \(step), \(kind), 'pass', \(decider), \(sheet), \(version), '{}', '{}',
                      \(context.now))
                    """)
            }
            try await session.execute(
                """
                UPDATE relief.case_file SET state = 'submitted', submitted_by = \(opener), submitted_at = \(context.now),
                  first_submitted_on = \(context.today), rule_passed_at = \(context.now), approved_at = \(context.now)
                WHERE id = \(file)
                """)
            try await grant(file, number, sheet, in: context)
            try await session.execute("UPDATE relief.case_file SET state = 'awarded' WHERE id = \(file)")
            numbers.append(number)
        }
        return numbers
    }

    private func grant(_ file: UUID, _ number: String, _ sheet: String, in context: CommandContext) async throws {
        let total = Fen(amount.rawValue * Int64(instalments))
        let fund = try await Funds.choose(
            programme: "P02", path: "CN.QH.XN", item: "living", amount: total, sources: [.ownFunds], day: context.today,
            in: context)
        let award = UUID()
        try await context.transaction.execute(
            """
            INSERT INTO relief.award (id, case_id, amount, item, fund, sheet, approvals_needed, archive_waived,
              rule_passed_at, notice_waived, approved_at)
            VALUES (\(award), \(file), \(total), 'living', \(fund.id), \(sheet), 1, 'test', \(context.now), 'test',
              \(context.now))
            """)
        let parts = (0..<instalments).map { _ in (id: UUID(), amount: amount) }
        let holds = try await Funds.hold(parts, fund: fund, item: "living", reference: number, in: context)
        for (index, part) in parts.enumerated() {
            try await context.transaction.execute(
                """
                INSERT INTO relief.instalment (id, award, case_id, ordinal, due_on, amount, state, hold)
                VALUES (\(part.id), \(award), \(file), \(index + 1), '2026-07-01', \(part.amount), 'due', \(holds[part.id]))
                """)
        }
    }

    private static var pack: String {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try String(contentsOf: root.appending(path: "deploy/packs/P02-living-aid.yaml"), encoding: .utf8)
        }
    }
}

/// Files a run as if somebody had carried its file to the bank.
struct MarkFiledByHand: SystemCommand {
    typealias Reply = WorkDone
    static let name = "test.filed"
    static let summary = Phrase("Files a run for tests.", "试验。")
    let run: String

    func execute(in context: CommandContext) async throws -> WorkDone {
        try await Runs.markFiled([Run.find(run, in: context).id], in: context)
        return WorkDone(count: 1)
    }
}

/// One statement, as a command.
struct RunSQL: SystemCommand {
    typealias Reply = WorkDone
    static let name = "test.sql"
    static let summary = Phrase("Runs SQL for tests.", "试验。")
    let sql: String

    func execute(in context: CommandContext) async throws -> WorkDone {
        WorkDone(count: try await context.transaction.execute("\(unescaped: sql)"))
    }
}
