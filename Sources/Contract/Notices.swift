package import FoundationEssentials
package import WorkingDays

/// The life of a public notice (公示).
package enum NoticeState: String, Codable, CaseIterable, Sendable {
    case running
    case paused
    case closed
    case withdrawn
}

extension NoticeState: Choice {
    package var title: Phrase {
        switch self {
        case .running: Phrase("running", "公示中")
        case .paused: Phrase("paused", "已暂停")
        case .closed: Phrase("closed", "已期满")
        case .withdrawn: Phrase("withdrawn", "已撤下")
        }
    }
}

/// Where a case stands in its notice.
package enum NoticeItemState: String, Codable, CaseIterable, Sendable {
    case listed
    case objected
    case cleared
    case removed
}

extension NoticeItemState: Choice {
    package var title: Phrase {
        switch self {
        case .listed: Phrase("listed", "公示中")
        case .objected: Phrase("objected", "有异议")
        case .cleared: Phrase("cleared", "无异议")
        case .removed: Phrase("removed", "已移出")
        }
    }
}

/// What became of an objection.
package enum ObjectionState: String, Codable, CaseIterable, Sendable {
    case open
    case dismissed
    case upheld
}

extension ObjectionState: Choice {
    package var title: Phrase {
        switch self {
        case .open: Phrase("open", "处理中")
        case .dismissed: Phrase("dismissed", "不成立")
        case .upheld: Phrase("upheld", "成立")
        }
    }
}

/// How an objection is resolved.
package enum ObjectionOutcome: String, Codable, CaseIterable, Sendable {
    case dismissed
    case upheld
}

extension ObjectionOutcome: Choice {
    package var title: Phrase {
        switch self {
        case .dismissed: Phrase("dismissed", "不成立")
        case .upheld: Phrase("upheld", "成立")
        }
    }
}

package struct PublishNotice: Command {
    package typealias Reply = NoticeView
    package static let name = "notice.publish"
    package static let summary = Phrase(
        "Publishes the cases that wait for public notice, and starts the clock of working days.",
        "公示等待公示的案件，开始计算工作日。")
    package static let permission = Permission.publishNotices
    package static let route = Route.post("/v1/notices")
    package static let fields = [
        "cases": FieldNote(
            "A case that is published; all that wait, where not given. Repeat for more.",
            "要公示的案件；不写则为所有待公示的。可重复。", name: "case"),
        "organisation": FieldNote("Code of the union that publishes.", "公示工会的代码。"),
    ]

    package let programme: String
    package let organisation: String
    package let cases: [String]?

    package init(programme: String, organisation: String, cases: [String]? = nil) {
        self.programme = programme
        self.organisation = organisation
        self.cases = cases
    }
}

package struct ListNotices: Query {
    package typealias Reply = Page<NoticeView>
    package static let name = "notice.list"
    package static let summary = Phrase("Lists public notices.", "列出公示。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/notices")

    package let organisation: String?
    package let state: NoticeState?
    package let cursor: String?
    package let limit: Int?

    package init(organisation: String? = nil, state: NoticeState? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.organisation = organisation
        self.state = state
        self.cursor = cursor
        self.limit = limit
    }
}

package struct ShowNotice: Query {
    package typealias Reply = NoticeView
    package static let name = "notice.show"
    package static let summary = Phrase("Shows a public notice with its text and objections.", "查看公示的内容和异议。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/notices/{notice}")

    package let notice: String

    package init(notice: String) {
        self.notice = notice
    }
}

package struct WithdrawNotice: Command {
    package typealias Reply = NoticeView
    package static let name = "notice.withdraw"
    package static let summary = Phrase("Withdraws a notice; its cases wait for another.", "撤下公示；其中的案件等待下一次公示。")
    package static let permission = Permission.publishNotices
    package static let route = Route.post("/v1/notices/{notice}/withdraw")

    package let notice: String
    package let reason: String

    package init(notice: String, reason: String) {
        self.notice = notice
        self.reason = reason
    }
}

package struct ObjectToNotice: Command {
    package typealias Reply = NoticeView
    package static let name = "notice.object"
    package static let summary = Phrase("Records an objection; the clock of its case stops.", "记录异议；该案件的公示期暂停。")
    package static let permission = Permission.publishNotices
    package static let route = Route.post("/v1/notices/{notice}/objections")
    package static let fields = [
        "text": FieldNote("What the objection says.", "异议内容。"),
        "raisedBy": FieldNote("Who objects, where they gave a name.", "提出人，匿名则不写。"),
    ]

    package let notice: String
    package let `case`: String
    package let text: String
    package let raisedBy: String?

    package init(notice: String, `case`: String, text: String, raisedBy: String? = nil) {
        self.notice = notice
        self.case = `case`
        self.text = text
        self.raisedBy = raisedBy
    }
}

package struct ResolveObjection: Command {
    package typealias Reply = NoticeView
    package static let name = "objection.resolve"
    package static let summary = Phrase(
        "Resolves an objection; the clock goes on, or the case goes back.",
        "处理异议：公示期继续，或案件退回。")
    package static let permission = Permission.publishNotices
    package static let route = Route.post("/v1/objections/{objection}/resolve")

    package let objection: UUID
    package let outcome: ObjectionOutcome
    package let reason: String

    package init(objection: UUID, outcome: ObjectionOutcome, reason: String) {
        self.objection = objection
        self.outcome = outcome
        self.reason = reason
    }
}

/// A public notice.
package struct NoticeView: Codable, Sendable {
    package var number: String
    package var programme: String
    package var organisation: String
    package var startsOn: Day
    package var endsOn: Day
    package var workingDays: Int
    package var state: NoticeState
    package var publicText: String
    package var items: [NoticeItemView]
    package var objections: [ObjectionView]
    /// Cases that wait for a notice and can't be published as they stand, with why; told when it is published.
    package var leftOut: [Phrase]?
    /// Years that it runs into and that have no calendar yet.
    package var warnings: [Phrase]?

    package init(
        number: String, programme: String, organisation: String, startsOn: Day, endsOn: Day, workingDays: Int,
        state: NoticeState, publicText: String, items: [NoticeItemView], objections: [ObjectionView],
        warnings: [Phrase]? = nil
    ) {
        self.number = number
        self.programme = programme
        self.organisation = organisation
        self.startsOn = startsOn
        self.endsOn = endsOn
        self.workingDays = workingDays
        self.state = state
        self.publicText = publicText
        self.items = items
        self.objections = objections
        self.warnings = warnings
    }
}

/// A case in its notice, as the public sees it.
package struct NoticeItemView: Codable, Sendable {
    package var `case`: String
    package var publicName: String
    package var category: String
    package var amount: Fen?
    package var state: NoticeItemState

    package init(`case`: String, publicName: String, category: String, amount: Fen? = nil, state: NoticeItemState) {
        self.case = `case`
        self.publicName = publicName
        self.category = category
        self.amount = amount
        self.state = state
    }
}

/// An objection to a case in a notice.
package struct ObjectionView: Codable, Sendable {
    package var id: UUID
    package var `case`: String
    package var text: String
    package var raisedBy: String?
    package var raisedAt: Date
    package var state: ObjectionState
    package var resolution: String?

    package init(
        id: UUID, `case`: String, text: String, raisedBy: String? = nil, raisedAt: Date, state: ObjectionState,
        resolution: String? = nil
    ) {
        self.id = id
        self.case = `case`
        self.text = text
        self.raisedBy = raisedBy
        self.raisedAt = raisedAt
        self.state = state
        self.resolution = resolution
    }
}
