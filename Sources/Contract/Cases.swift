package import FoundationEssentials

/// The life of a case.
package enum CaseState: String, Codable, CaseIterable, Sendable {
    case draft
    case submitted
    case returned
    case rejected
    case withdrawn
    case suspended
    case awarded
    case paying
    case followUp
    case closed

    /// What people call it.
    package var name: Phrase {
        switch self {
        case .draft: Phrase("draft", "草稿")
        case .submitted: Phrase("submitted", "办理中")
        case .returned: Phrase("returned", "已退回")
        case .rejected: Phrase("rejected", "未通过")
        case .withdrawn: Phrase("withdrawn", "已撤回")
        case .suspended: Phrase("suspended", "暂停发放")
        case .awarded: Phrase("awarded", "已批准")
        case .paying: Phrase("paying", "发放中")
        case .followUp: Phrase("in follow-up", "回访中")
        case .closed: Phrase("closed", "已结案")
        }
    }
}

/// Where a step of a case stands.
package enum StepState: String, Codable, CaseIterable, Sendable {
    case waiting
    case open
    case done
    case skipped
}

/// What is decided in a step.
package enum DecisionOutcome: String, Codable, CaseIterable, Sendable {
    case pass
    case reject
    case `return`
}

/// Why a case was closed.
package enum ExitReason: String, Codable, CaseIterable, Sendable {
    case relieved
    case died
    case identifiedOut
    case safetyNet
    case moved
    case duplicate
    case completed
    case other
}

/// Opens a case as a draft.
package struct OpenCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.open"
    package static let summary = "Opens a case as a draft."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases")

    package let programme: String
    package let organisation: String
    package let household: String?
    package let person: String?
    /// USCC.
    package let employer: String?
    /// As the programme names them; money in fen.
    package let facts: [String: JSONValue]

    package init(
        programme: String, organisation: String, household: String? = nil, person: String? = nil,
        employer: String? = nil, facts: [String: JSONValue]
    ) {
        self.programme = programme
        self.organisation = organisation
        self.household = household
        self.person = person
        self.employer = employer
        self.facts = facts
    }
}

/// Changes facts of a draft or returned case.
package struct AmendCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.amend"
    package static let summary = "Changes facts of a draft or returned case."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/amend")

    package let `case`: String
    /// The ones that change; null takes one away.
    package let facts: [String: JSONValue]

    package init(`case`: String, facts: [String: JSONValue]) {
        self.case = `case`
        self.facts = facts
    }
}

/// Submits a case to the steps of its programme.
package struct SubmitCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.submit"
    package static let summary = "Submits a case to the steps of its programme."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/submit")

    package let `case`: String

    package init(`case`: String) {
        self.case = `case`
    }
}

/// Withdraws a case at the applicant's wish.
package struct WithdrawCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.withdraw"
    package static let summary = "Withdraws a case at the applicant's wish."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/withdraw")

    package let `case`: String
    package let reason: String

    package init(`case`: String, reason: String) {
        self.case = `case`
        self.reason = reason
    }
}

/// Halts a case and its payments.
package struct SuspendCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.suspend"
    package static let summary = "Halts a case and its payments."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/suspend")

    package let `case`: String
    package let reason: String

    package init(`case`: String, reason: String) {
        self.case = `case`
        self.reason = reason
    }
}

/// Lets a halted case go on.
package struct ResumeCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.resume"
    package static let summary = "Lets a halted case go on."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/resume")

    package let `case`: String
    package let reason: String?

    package init(`case`: String, reason: String? = nil) {
        self.case = `case`
        self.reason = reason
    }
}

/// Opens a case for each row of a file.
package struct ImportCases: Command {
    package typealias Reply = ImportReport
    package static let name = "case.import"
    package static let summary = "Opens a case for each row of a file."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/import")

    package let programme: String
    package let organisation: String
    /// The file's bytes: CSV in UTF-8, UTF-16 or GB18030.
    package let csv: Data
    package let mode: ImportMode
    /// Whether valid cases are submitted at once.
    package let submit: Bool

    package init(programme: String, organisation: String, csv: Data, mode: ImportMode, submit: Bool) {
        self.programme = programme
        self.organisation = organisation
        self.csv = csv
        self.mode = mode
        self.submit = submit
    }
}

/// Opens cases for all employers that qualify without applying (免申即享).
package struct ScreenCases: Command {
    package typealias Reply = ScreeningReport
    package static let name = "case.screen"
    package static let summary = "Opens cases for all employers that qualify without applying (免申即享)."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/screen")

    package let programme: String
    package let organisation: String
    package let year: Int

    package init(programme: String, organisation: String, year: Int) {
        self.programme = programme
        self.organisation = organisation
        self.year = year
    }
}

/// Decides the open step of a case, over exactly what was shown.
package struct DecideCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.decide"
    package static let summary = "Decides the open step of a case, over exactly what was shown."
    package static let permission = Permission.decideCases
    package static let route = Route.post("/v1/cases/{case}/decide")

    package let `case`: String
    package let outcome: DecisionOutcome
    /// Required but for pass.
    package let reason: String?
    /// `CaseView.sheet` of what the decider saw.
    package let sheet: String
    /// Kind of the open step that was seen; refused where the case has gone on since.
    package let step: String?
    /// Whether the sheet was taken without having been looked at: the log says so.
    package let unseen: Bool?

    package init(
        `case`: String, outcome: DecisionOutcome, reason: String? = nil, sheet: String, step: String? = nil,
        unseen: Bool? = nil
    ) {
        self.case = `case`
        self.outcome = outcome
        self.reason = reason
        self.sheet = sheet
        self.step = step
        self.unseen = unseen
    }
}

/// Closes a case with its outcome.
package struct CloseCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.close"
    package static let summary = "Closes a case with its outcome."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/close")

    package let `case`: String
    package let outcome: ExitReason
    package let note: String

    package init(`case`: String, outcome: ExitReason, note: String) {
        self.case = `case`
        self.outcome = outcome
        self.note = note
    }
}

/// Shows a case whole.
package struct ShowCase: Query {
    package typealias Reply = CaseView
    package static let name = "case.show"
    package static let summary = "Shows a case whole."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases/{case}")

    package let `case`: String

    package init(`case`: String) {
        self.case = `case`
    }
}

/// Lists cases of a subtree.
package struct ListCases: Query {
    package typealias Reply = Page<CaseSummary>
    package static let name = "case.list"
    package static let summary = "Lists cases of a subtree."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases")

    package let programme: String?
    package let state: CaseState?
    /// Kind of the open step.
    package let step: String?
    package let organisation: String?
    /// In number and name.
    package let search: String?
    package let cursor: String?
    package let limit: Int?

    package init(
        programme: String? = nil, state: CaseState? = nil, step: String? = nil, organisation: String? = nil,
        search: String? = nil, cursor: String? = nil, limit: Int? = nil
    ) {
        self.programme = programme
        self.state = state
        self.step = step
        self.organisation = organisation
        self.search = search
        self.cursor = cursor
        self.limit = limit
    }
}

/// Says why a case is eligible or not, and where the amount comes from.
package struct ExplainCase: Query {
    package typealias Reply = Explanation
    package static let name = "case.explain"
    package static let summary = "Says why a case is eligible or not, and where the amount comes from."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases/{case}/explain")

    package let `case`: String

    package init(`case`: String) {
        self.case = `case`
    }
}

/// Lists what happened to a case, with each entry's place in the audit log.
package struct ShowTimeline: Query {
    package typealias Reply = Page<TimelineEntry>
    package static let name = "case.timeline"
    package static let summary = "Lists what happened to a case, with each entry's place in the audit log."
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases/{case}/timeline")

    package let `case`: String

    package init(`case`: String) {
        self.case = `case`
    }
}
