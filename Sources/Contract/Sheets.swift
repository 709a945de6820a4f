package import FoundationEssentials
package import WorkingDays

/// Shows what whoever decides a case signs: the sheet as it is now, or any earlier one.
package struct ShowCaseSheet: Query {
    package typealias Reply = CaseSheetView
    package static let name = "case.sheet"
    package static let summary = Phrase(
        "Shows what whoever decides a case signs: the sheet as it is now, or an earlier one.",
        "查看审批案件所签的审批表：现行的或以前的。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases/{case}/sheet")

    package let `case`: String
    package let sheet: String?

    package init(`case`: String, sheet: String? = nil) {
        self.case = `case`
        self.sheet = sheet
    }
}

package struct ListCaseSheets: Query {
    package typealias Reply = Page<SheetSummary>
    package static let name = "case.sheets"
    package static let summary = Phrase(
        "Lists the sheets of a case, the oldest first, with what was decided on each.",
        "列出案件的历次审批表及据此作出的决定。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases/{case}/sheets")

    package let `case`: String

    package init(`case`: String) {
        self.case = `case`
    }
}

/// Shows what whoever checks, approves or releases a run signs: each payment with its payee.
package struct ShowRunSheet: Query {
    package typealias Reply = RunSheetView
    package static let name = "run.sheet"
    package static let summary = Phrase(
        "Shows what the signers of a run sign: every payment with its payee, part by part.",
        "查看批次签批表：每笔付款及收款人，分页列出。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/runs/{run}/sheet")

    package let run: String
    package let sheet: String?
    package let cursor: String?
    package let limit: Int?

    package init(run: String, sheet: String? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.run = run
        self.sheet = sheet
        self.cursor = cursor
        self.limit = limit
    }
}

package struct ShowAccountSheet: Query {
    package typealias Reply = AccountSheetView
    package static let name = "account.sheet"
    package static let summary = Phrase("Shows what whoever approves an account signs, or signed.", "查看核准账户所签的核准表。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/accounts/{account}/sheet")

    package let account: UUID
    package let sheet: String?

    package init(account: UUID, sheet: String? = nil) {
        self.account = account
        self.sheet = sheet
    }
}

/// One sheet of a case's.
package struct SheetSummary: Codable, Sendable {
    /// SHA-256, hexadecimal.
    package var sheet: String
    package var madeAt: Date
    package var current: Bool
    /// The decisions that were taken on it.
    package var decisions: [String]

    package init(sheet: String, madeAt: Date, current: Bool, decisions: [String]) {
        self.sheet = sheet
        self.madeAt = madeAt
        self.current = current
        self.decisions = decisions
    }
}

/// A sheet of a case, as it was or is shown to whoever decides.
package struct CaseSheetView: Codable, Sendable {
    package var `case`: String
    /// SHA-256, hexadecimal, of `content`.
    package var sheet: String
    package var madeAt: Date
    /// Whether a decision today is taken on it.
    package var current: Bool
    package var programme: String
    package var programmeTitle: String
    package var organisation: String
    package var subject: String
    package var period: String?
    package var round: Int
    package var facts: [String: JSONValue]
    /// What the form calls each of its facts, and of which kind it is.
    package var form: [String: FactForm]
    package var papers: [SheetPaper]
    package var visits: [SheetFinding]
    package var means: [SheetFinding]
    package var assessment: Explanation
    /// The decisions that were taken on it.
    package var decisions: [DecisionView]
    /// The very bytes that its number is the SHA-256 of.
    package var content: String

    package init(
        `case`: String, sheet: String, madeAt: Date, current: Bool, programme: String, programmeTitle: String,
        organisation: String, subject: String, period: String?, round: Int, facts: [String: JSONValue],
        form: [String: FactForm], papers: [SheetPaper], visits: [SheetFinding], means: [SheetFinding],
        assessment: Explanation, decisions: [DecisionView], content: String
    ) {
        self.case = `case`
        self.sheet = sheet
        self.madeAt = madeAt
        self.current = current
        self.programme = programme
        self.programmeTitle = programmeTitle
        self.organisation = organisation
        self.subject = subject
        self.period = period
        self.round = round
        self.facts = facts
        self.form = form
        self.papers = papers
        self.visits = visits
        self.means = means
        self.assessment = assessment
        self.decisions = decisions
        self.content = content
    }
}

/// A paper on a sheet, by its digest.
package struct SheetPaper: Codable, Sendable {
    package var kind: String
    package var sha256: String

    package init(kind: String, sha256: String) {
        self.kind = kind
        self.sha256 = sha256
    }
}

/// What a visit or a means check found, on a sheet.
package struct SheetFinding: Codable, Sendable {
    package var on: Day
    package var findings: String

    package init(on: Day, findings: String) {
        self.on = on
        self.findings = findings
    }
}

/// A part of a sheet of a run: its totals, and payments one by one.
package struct RunSheetView: Codable, Sendable {
    package var run: String
    /// SHA-256, hexadecimal, over all payments, also those of other parts.
    package var sheet: String
    package var madeAt: Date
    /// Whether the run is signed on it.
    package var current: Bool
    package var fund: String
    package var fundAccount: String
    package var executeOn: Day
    package var payments: Int
    package var total: Fen
    package var items: [RunSheetLine]
    /// Give it as `cursor` to read on; nil at the end.
    package var next: String?

    package init(
        run: String, sheet: String, madeAt: Date, current: Bool, fund: String, fundAccount: String, executeOn: Day,
        payments: Int, total: Fen, items: [RunSheetLine], next: String?
    ) {
        self.run = run
        self.sheet = sheet
        self.madeAt = madeAt
        self.current = current
        self.fund = fund
        self.fundAccount = fundAccount
        self.executeOn = executeOn
        self.payments = payments
        self.total = total
        self.items = items
        self.next = next
    }
}

/// A payment on a run's sheet.
package struct RunSheetLine: Codable, Sendable {
    package var reference: String
    /// Case and ordinal of its instalment.
    package var instalment: String
    /// Number of the person or code of the union that is paid.
    package var payee: String
    /// Name on the account; nil once it was erased.
    package var holder: String?
    package var bank: String
    /// Masked.
    package var account: String
    package var amount: Fen

    package init(
        reference: String, instalment: String, payee: String, holder: String?, bank: String, account: String,
        amount: Fen
    ) {
        self.reference = reference
        self.instalment = instalment
        self.payee = payee
        self.holder = holder
        self.bank = bank
        self.account = account
        self.amount = amount
    }
}

/// What whoever approves an account is shown.
package struct AccountSheetView: Codable, Sendable {
    package var account: UUID
    /// SHA-256, hexadecimal, of `content`.
    package var sheet: String
    package var state: AccountState
    package var owner: String
    /// nil once it was erased.
    package var ownerName: String?
    package var holder: String?
    package var bank: String
    package var cnaps: String?
    /// Masked.
    package var number: String
    package var kind: AccountKind
    package var usableFrom: Date
    package var registeredBy: String
    package var registeredAt: Date
    /// What is doubtful of it.
    package var doubts: [Phrase]
    /// The very bytes that its number is the SHA-256 of.
    package var content: String

    package init(
        account: UUID, sheet: String, state: AccountState, owner: String, ownerName: String?, holder: String?,
        bank: String, cnaps: String?, number: String, kind: AccountKind, usableFrom: Date, registeredBy: String,
        registeredAt: Date, doubts: [Phrase], content: String
    ) {
        self.account = account
        self.sheet = sheet
        self.state = state
        self.owner = owner
        self.ownerName = ownerName
        self.holder = holder
        self.bank = bank
        self.cnaps = cnaps
        self.number = number
        self.kind = kind
        self.usableFrom = usableFrom
        self.registeredBy = registeredBy
        self.registeredAt = registeredAt
        self.doubts = doubts
        self.content = content
    }
}
