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
}

extension CaseState: Choice {
    package var title: Phrase {
        switch self {
        case .draft: Phrase("draft", "草稿")
        case .submitted: Phrase("submitted", "办理中")
        case .returned: Phrase("returned", "已退回")
        case .rejected: Phrase("rejected", "未通过")
        case .withdrawn: Phrase("withdrawn", "已撤回")
        case .suspended: Phrase("suspended", "已暂停")
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

extension StepState: Choice {
    package var title: Phrase {
        switch self {
        case .waiting: Phrase("waiting", "未开始")
        case .open: Phrase("open", "进行中")
        case .done: Phrase("done", "已完成")
        case .skipped: Phrase("skipped", "已跳过")
        }
    }
}

/// What is decided in a step.
package enum DecisionOutcome: String, Codable, CaseIterable, Sendable {
    case pass
    case reject
    case `return`
}

extension DecisionOutcome: Choice {
    package var title: Phrase {
        switch self {
        case .pass: Phrase("pass", "通过")
        case .reject: Phrase("reject", "不通过")
        case .`return`: Phrase("return", "退回")
        }
    }
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

extension ExitReason: Choice {
    package var title: Phrase {
        switch self {
        case .relieved: Phrase("relieved", "已脱困")
        case .died: Phrase("died", "去世")
        case .identifiedOut: Phrase("identified out", "复核退出")
        case .safetyNet: Phrase("safety net", "转入兜底保障")
        case .moved: Phrase("moved", "迁出")
        case .duplicate: Phrase("duplicate", "重复")
        case .completed: Phrase("completed", "办结")
        case .other: Phrase("other", "其他")
        }
    }
}

package struct OpenCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.open"
    package static let summary = Phrase("Opens a case as a draft.", "新建案件草稿。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases")
    package static let fields = [
        "household": FieldNote("Number of the household that it is for.", "所救助家庭户的编号。"),
        "person": FieldNote("Number of the person that it is for.", "所救助人员的编号。"),
        "employer": FieldNote("Unified social credit code of the firm that it is for.", "所补助单位的统一社会信用代码。"),
        "organisation": FieldNote("Code of the union that works the case.", "办理案件的工会代码。"),
    ]

    package let programme: String
    package let organisation: String
    package let household: String?
    package let person: String?
    package let employer: String?
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

package struct AmendCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.amend"
    package static let summary = Phrase("Changes facts of a draft or returned case.", "修改草稿或被退回案件的事实。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/amend")

    package let `case`: String
    package let facts: [String: JSONValue]

    package init(`case`: String, facts: [String: JSONValue]) {
        self.case = `case`
        self.facts = facts
    }
}

package struct SubmitCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.submit"
    package static let summary = Phrase("Submits a case to the steps of its programme.", "提交案件，进入项目的办理步骤。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/submit")

    package let `case`: String

    package init(`case`: String) {
        self.case = `case`
    }
}

package struct WithdrawCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.withdraw"
    package static let summary = Phrase("Withdraws a case at the applicant's wish.", "按申请人意愿撤回案件。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/withdraw")

    package let `case`: String
    package let reason: String

    package init(`case`: String, reason: String) {
        self.case = `case`
        self.reason = reason
    }
}

package struct SuspendCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.suspend"
    package static let summary = Phrase("Halts a case and its payments.", "暂停案件及其发放。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/suspend")

    package let `case`: String
    package let reason: String

    package init(`case`: String, reason: String) {
        self.case = `case`
        self.reason = reason
    }
}

package struct ResumeCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.resume"
    package static let summary = Phrase("Lets a halted case go on.", "恢复已暂停的案件。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/resume")

    package let `case`: String
    package let reason: String?

    package init(`case`: String, reason: String? = nil) {
        self.case = `case`
        self.reason = reason
    }
}

package struct ImportCases: Command {
    package typealias Reply = ImportReport
    package static let name = "case.import"
    package static let summary = Phrase("Opens a case for each row of a file.", "按文件逐行新建案件。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/import")
    package static let fields = [
        "submit": FieldNote("Whether valid cases are submitted at once.", "有效的案件随即提交。", entry: .flag),
        "organisation": FieldNote("Code of the union that works the cases.", "办理案件的工会代码。"),
    ]

    package let programme: String
    package let organisation: String
    package let csv: Data
    package let mode: ImportMode
    package let submit: Bool

    package init(programme: String, organisation: String, csv: Data, mode: ImportMode, submit: Bool) {
        self.programme = programme
        self.organisation = organisation
        self.csv = csv
        self.mode = mode
        self.submit = submit
    }
}

package struct ScreenCases: Command {
    package typealias Reply = ScreeningReport
    package static let name = "case.screen"
    package static let summary = Phrase(
        "Opens cases for all employers that qualify without applying (免申即享).",
        "为所有符合条件的单位新建案件（免申即享）。")
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

package struct DecideCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.decide"
    package static let summary = Phrase(
        "Decides the open step of a case, over exactly what was shown.",
        "对案件的当前步骤作出决定，以所查看的内容为准。")
    package static let permission = Permission.decideCases
    package static let route = Route.post("/v1/cases/{case}/decide")
    package static let fields = [
        "outcome": FieldNote("What is decided: pass, reject or return.", "决定：通过、不通过或退回。"),
        "reason": FieldNote("Required unless the outcome is pass.", "除通过外必须填写。"),
        "sheet": FieldNote("The sheet that was looked at (case show).", "所查看的审批表编号（case show）。"),
        "step": FieldNote("Kind of the open step that was seen.", "所查看时的当前步骤。"),
    ]

    package let `case`: String
    package let outcome: DecisionOutcome
    package let reason: String?
    package let sheet: String
    package let step: String?
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

package struct CloseCase: Command {
    package typealias Reply = CaseView
    package static let name = "case.close"
    package static let summary = Phrase("Closes a case with its outcome.", "写明结果并结案。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/close")
    package static let fields = [
        "note": FieldNote("How the family fares now.", "结案时的情况说明。"),
        "outcome": FieldNote("How it ended.", "结案类别。"),
    ]

    package let `case`: String
    package let outcome: ExitReason
    package let note: String

    package init(`case`: String, outcome: ExitReason, note: String) {
        self.case = `case`
        self.outcome = outcome
        self.note = note
    }
}

package struct ShowCase: Query {
    package typealias Reply = CaseView
    package static let name = "case.show"
    package static let summary = Phrase("Shows a case whole.", "查看案件全貌。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases/{case}")

    package let `case`: String

    package init(`case`: String) {
        self.case = `case`
    }
}

package struct ListCases: Query {
    package typealias Reply = Page<CaseSummary>
    package static let name = "case.list"
    package static let summary = Phrase("Lists cases of a subtree.", "列出本级及下级的案件。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases")
    package static let fields = [
        "organisation": FieldNote("Code of a union: its cases, and those under it.", "工会代码：本级及下级的案件。")
    ]

    package let programme: String?
    package let state: CaseState?
    package let step: String?
    package let organisation: String?
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

package struct ExplainCase: Query {
    package typealias Reply = Explanation
    package static let name = "case.explain"
    package static let summary = Phrase(
        "Says why a case is eligible or not, and where the amount comes from.",
        "说明案件是否符合条件及金额由来。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases/{case}/explain")

    package let `case`: String

    package init(`case`: String) {
        self.case = `case`
    }
}

package struct ShowTimeline: Query {
    package typealias Reply = Page<TimelineEntry>
    package static let name = "case.timeline"
    package static let summary = Phrase(
        "Lists what happened to a case, with each entry's place in the audit log.",
        "列出案件的办理经过及其在审计日志中的位置。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/cases/{case}/timeline")

    package let `case`: String

    package init(`case`: String) {
        self.case = `case`
    }
}
