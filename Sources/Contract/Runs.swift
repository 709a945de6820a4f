package import FoundationEssentials
package import WorkingDays

/// The life of a payment run (发放批次).
package enum RunState: String, Codable, CaseIterable, Sendable {
    case prepared
    case checked
    case approved
    case released
    case filed
    case answered
    case reconciled
    case cancelled
}

extension RunState: Choice {
    package var title: Phrase {
        switch self {
        case .prepared: Phrase("prepared", "已编制")
        case .checked: Phrase("checked", "已复核")
        case .approved: Phrase("approved", "已批准")
        case .released: Phrase("released", "已交付")
        case .filed: Phrase("filed", "已送银行")
        case .answered: Phrase("answered", "银行已答复")
        case .reconciled: Phrase("reconciled", "已对账")
        case .cancelled: Phrase("cancelled", "已取消")
        }
    }
}

/// Form of the file for the bank: ISO 20022, or 代发 text.
package enum BankFormat: String, Codable, CaseIterable, Sendable {
    case pain001
    case batchText
}

extension BankFormat: Choice {
    package var title: Phrase {
        switch self {
        case .pain001: Phrase("pain.001", "pain.001")
        case .batchText: Phrase("batch text", "代发文本")
        }
    }
}

package struct PrepareRun: Command {
    package typealias Reply = RunView
    package static let name = "run.prepare"
    package static let summary = Phrase(
        "Gathers all instalments of a fund that are due into a run, and holds the money.",
        "把资金下所有到期的各期汇成批次，并冻结款项。")
    package static let permission = Permission.prepareRuns
    package static let route = Route.post("/v1/runs")
    package static let fields = [
        "upTo": FieldNote("Last due day that is taken in.", "纳入的最晚应发日期。"),
        "executeOn": FieldNote("When the bank is to pay.", "银行付款日期。"),
        "format": FieldNote(
            "The file that is to be released; what it can't carry is left out.",
            "将交付的文件格式；该格式写不下的不列入。"),
    ]

    package let fund: String
    package let programme: String?
    package let upTo: Day
    package let executeOn: Day
    package let format: BankFormat?

    package init(fund: String, programme: String? = nil, upTo: Day, executeOn: Day, format: BankFormat? = nil) {
        self.fund = fund
        self.programme = programme
        self.upTo = upTo
        self.executeOn = executeOn
        self.format = format
    }
}

package struct CheckRun: Command {
    package typealias Reply = RunView
    package static let name = "run.check"
    package static let summary = Phrase("Confirms a run as the second pair of eyes.", "复核批次。")
    package static let permission = Permission.checkRuns
    package static let route = Route.post("/v1/runs/{run}/check")
    package static let fields = [
        "sheet": FieldNote("The sheet that was looked at (run sheet).", "所查看的签批表编号（run sheet）。")
    ]

    package let run: String
    package let sheet: String
    package let unseen: Bool?

    package init(run: String, sheet: String, unseen: Bool? = nil) {
        self.run = run
        self.sheet = sheet
        self.unseen = unseen
    }
}

package struct ApproveRun: Command {
    package typealias Reply = RunView
    package static let name = "run.approve"
    package static let summary = Phrase("Approves a checked run.", "批准已复核的批次。")
    package static let permission = Permission.approveRuns
    package static let route = Route.post("/v1/runs/{run}/approve")
    package static let fields = [
        "sheet": FieldNote("The sheet that was looked at (run sheet).", "所查看的签批表编号（run sheet）。")
    ]

    package let run: String
    package let sheet: String
    package let unseen: Bool?

    package init(run: String, sheet: String, unseen: Bool? = nil) {
        self.run = run
        self.sheet = sheet
        self.unseen = unseen
    }
}

package struct ReleaseRun: Command {
    package typealias Reply = RunView
    package static let name = "run.release"
    package static let summary = Phrase("Writes the one file of an approved run for the bank.", "为已批准的批次生成唯一的银行文件。")
    package static let permission = Permission.releaseRuns
    package static let route = Route.post("/v1/runs/{run}/release")
    package static let fields = [
        "sheet": FieldNote("The sheet that was looked at (run sheet).", "所查看的签批表编号（run sheet）。")
    ]

    package let run: String
    package let sheet: String
    package let format: BankFormat
    package let unseen: Bool?

    package init(run: String, sheet: String, format: BankFormat, unseen: Bool? = nil) {
        self.run = run
        self.sheet = sheet
        self.format = format
        self.unseen = unseen
    }
}

package struct CancelRun: Command {
    package typealias Reply = RunView
    package static let name = "run.cancel"
    package static let summary = Phrase("Gives up a run that isn't released, and frees its money.", "取消未交付的批次，解冻款项。")
    package static let permission = Permission.prepareRuns
    package static let route = Route.post("/v1/runs/{run}/cancel")

    package let run: String
    package let reason: String

    package init(run: String, reason: String) {
        self.run = run
        self.reason = reason
    }
}

package struct GetRunFile: Disclosure {
    package typealias Reply = FileContent
    package static let name = "run.file"
    package static let summary = Phrase("Fetches a released run's file, always the same bytes.", "取出已交付批次的文件，每次字节相同。")
    package static let permission = Permission.releaseRuns
    package static let route = Route.get("/v1/runs/{run}/file")

    package let run: String

    package init(run: String) {
        self.run = run
    }
}

package struct ImportBankFile: Command {
    package typealias Reply = BankImportView
    package static let name = "run.import"
    package static let summary = Phrase(
        "Takes in what the bank answered: status report, notification, statement, 代发 result.",
        "导入银行答复：状态报告、到账通知、对账单、代发结果。")
    package static let permission = Permission.importResults
    package static let route = Route.post("/v1/runs/import")
    package static let fields = [
        "content": FieldNote("What the bank sent.", "银行发来的文件。", name: "file", entry: .file)
    ]

    package let fileName: String
    package let content: Data

    package init(fileName: String, content: Data) {
        self.fileName = fileName
        self.content = content
    }
}

package struct ReconcileRun: Command {
    package typealias Reply = Reconciliation
    package static let name = "run.reconcile"
    package static let summary = Phrase("Compares a run with what the bank booked.", "将批次与银行入账核对。")
    package static let permission = Permission.importResults
    package static let route = Route.post("/v1/runs/{run}/reconcile")

    package let run: String

    package init(run: String) {
        self.run = run
    }
}

package struct ListRuns: Query {
    package typealias Reply = Page<RunView>
    package static let name = "run.list"
    package static let summary = Phrase("Lists runs.", "列出批次。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/runs")

    package let fund: String?
    package let state: RunState?
    package let cursor: String?
    package let limit: Int?

    package init(fund: String? = nil, state: RunState? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.fund = fund
        self.state = state
        self.cursor = cursor
        self.limit = limit
    }
}

package struct ShowRun: Query {
    package typealias Reply = RunView
    package static let name = "run.show"
    package static let summary = Phrase("Shows a run with its control totals.", "查看批次及其控制总数。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/runs/{run}")

    package let run: String

    package init(run: String) {
        self.run = run
    }
}

/// A payment run and its control totals.
package struct RunView: Codable, Sendable {
    package var number: String
    package var fund: String
    package var organisation: String
    package var programme: String?
    package var state: RunState
    package var executeOn: Day
    package var payments: Int
    package var total: Fen
    /// SHA-256, hexadecimal, of all its payments: what check and approval are bound to.
    package var sheet: String
    package var preparedBy: String
    package var preparedAt: Date
    package var checkedBy: String?
    package var checkedAt: Date?
    package var approvedBy: String?
    package var approvedAt: Date?
    package var releasedBy: String?
    package var releasedAt: Date?
    package var format: BankFormat?
    package var fileName: String?
    package var fileSha256: String?
    package var counts: [PaymentCount]
    package var cancelReason: String?
    /// When it is prepared: instalments that are due but were left out, one sentence each.
    package var leftOut: [Phrase]?
    /// As long as the bank hasn't got it: a day off, or a year without a calendar, before the bank is to pay; when it is
    /// prepared also what not every bank file can carry.
    package var warnings: [Phrase]?
    /// The jobs that worked or will work on it, the newest first; `run.show` says them.
    package var jobs: [JobGlance]?

    package init(
        number: String, fund: String, organisation: String, programme: String? = nil, state: RunState, executeOn: Day,
        payments: Int, total: Fen, sheet: String, preparedBy: String, preparedAt: Date, checkedBy: String? = nil,
        checkedAt: Date? = nil, approvedBy: String? = nil, approvedAt: Date? = nil, releasedBy: String? = nil,
        releasedAt: Date? = nil, format: BankFormat? = nil, fileName: String? = nil, fileSha256: String? = nil,
        counts: [PaymentCount], cancelReason: String? = nil,
        leftOut: [Phrase]? = nil, warnings: [Phrase]? = nil, jobs: [JobGlance]? = nil
    ) {
        self.number = number
        self.fund = fund
        self.organisation = organisation
        self.programme = programme
        self.state = state
        self.executeOn = executeOn
        self.payments = payments
        self.total = total
        self.sheet = sheet
        self.preparedBy = preparedBy
        self.preparedAt = preparedAt
        self.checkedBy = checkedBy
        self.checkedAt = checkedAt
        self.approvedBy = approvedBy
        self.approvedAt = approvedAt
        self.releasedBy = releasedBy
        self.releasedAt = releasedAt
        self.format = format
        self.fileName = fileName
        self.fileSha256 = fileSha256
        self.counts = counts
        self.cancelReason = cancelReason
        self.leftOut = leftOut
        self.warnings = warnings
        self.jobs = jobs
    }
}

/// How many payments of a run are in a state, and their sum.
package struct PaymentCount: Codable, Sendable {
    package var state: PaymentState
    package var count: Int
    package var total: Fen

    package init(state: PaymentState, count: Int, total: Fen) {
        self.state = state
        self.count = count
        self.total = total
    }
}

/// A file with its bytes.
package struct FileContent: Codable, Sendable {
    package var fileName: String
    package var sha256: String
    package var content: Data

    package init(fileName: String, sha256: String, content: Data) {
        self.fileName = fileName
        self.sha256 = sha256
        self.content = content
    }
}

/// What a bank file held; every line is in exactly one class.
package struct BankImportView: Codable, Sendable {
    package var fileName: String
    package var format: String
    package var alreadyImported: Bool
    package var lines: Int
    /// Lines by class.
    package var classes: [String: Int]
    /// Lines that a person has to look at, the first 200 of them.
    package var problems: [String]
    /// References of payments of an answered file of which the bank says nothing: they stay as they are. The first 50.
    package var leftOut: [String]
    package var leftOutCount: Int

    package init(
        fileName: String, format: String, alreadyImported: Bool, lines: Int, classes: [String: Int],
        problems: [String], leftOut: [String] = []
    ) {
        self.fileName = fileName
        self.format = format
        self.alreadyImported = alreadyImported
        self.lines = lines
        self.classes = classes
        self.problems = problems
        (self.leftOut, leftOutCount) = (Array(leftOut.prefix(50)), leftOut.count)
    }
}

/// A run against the bank's statement.
package struct Reconciliation: Codable, Sendable {
    package var run: String
    package var expected: ReconciliationFigure
    package var booked: ReconciliationFigure
    package var rejected: ReconciliationFigure
    package var returned: ReconciliationFigure
    package var unknown: ReconciliationFigure
    /// Sent or accepted, not yet booked.
    package var waiting: ReconciliationFigure
    /// Bank lines about this run that a person has to look at.
    package var unmatched: [String]
    package var balanced: Bool

    package init(
        run: String, expected: ReconciliationFigure, booked: ReconciliationFigure, rejected: ReconciliationFigure,
        returned: ReconciliationFigure, unknown: ReconciliationFigure, waiting: ReconciliationFigure,
        unmatched: [String], balanced: Bool
    ) {
        self.run = run
        self.expected = expected
        self.booked = booked
        self.rejected = rejected
        self.returned = returned
        self.unknown = unknown
        self.waiting = waiting
        self.unmatched = unmatched
        self.balanced = balanced
    }
}

/// A count and a sum.
package struct ReconciliationFigure: Codable, Sendable {
    package var count: Int
    package var total: Fen

    package init(count: Int, total: Fen) {
        self.count = count
        self.total = total
    }
}
