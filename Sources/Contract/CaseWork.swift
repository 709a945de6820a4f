package import WorkingDays

/// How a follow-up was made.
package enum ContactManner: String, Codable, CaseIterable, Sendable {
    case phone
    case visit
    case letter
}

extension ContactManner: Choice {
    package var title: Phrase {
        switch self {
        case .phone: Phrase("phone", "电话")
        case .visit: Phrase("visit", "走访")
        case .letter: Phrase("letter", "信函")
        }
    }
}

package struct RecordVisit: Command {
    package typealias Reply = CaseView
    package static let name = "visit.record"
    package static let summary = Phrase("Records a home visit by two visitors.", "记录两人入户走访。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/visits")
    package static let fields = [
        "visitors": FieldNote(
            "Login of a visitor; two at least. Repeat for more.",
            "走访人登录名，至少两人；可重复。", name: "visitor"),
        "findings": FieldNote("What was seen and heard.", "走访所见。"),
    ]

    package let `case`: String
    package let on: Day
    package let visitors: [String]
    package let findings: String
    package let facts: [String: JSONValue]?

    package init(`case`: String, on: Day, visitors: [String], findings: String, facts: [String: JSONValue]? = nil) {
        self.case = `case`
        self.on = on
        self.visitors = visitors
        self.findings = findings
        self.facts = facts
    }
}

package struct RecordMeans: Command {
    package typealias Reply = CaseView
    package static let name = "means.record"
    package static let summary = Phrase("Records the result of a means check.", "记录家庭经济状况核对结果。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/means")
    package static let fields = [
        "source": FieldNote("Who answered: civil affairs, tax, housing and so on.", "答复单位：民政、税务、住建等。")
    ]

    package let `case`: String
    package let source: String
    package let on: Day
    package let facts: [String: JSONValue]
    package let note: String?

    package init(`case`: String, source: String, on: Day, facts: [String: JSONValue], note: String? = nil) {
        self.case = `case`
        self.source = source
        self.on = on
        self.facts = facts
        self.note = note
    }
}

package struct RecordFollowUp: Command {
    package typealias Reply = CaseView
    package static let name = "followup.record"
    package static let summary = Phrase("Records how the applicant fares after the award.", "记录救助后的回访情况。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/follow-ups")
    package static let fields = [
        "manner": FieldNote("How the contact was made.", "回访方式。"),
        "finding": FieldNote("How the applicant fares.", "回访情况。"),
        "satisfied": FieldNote("Whether the applicant is content: yes or no.", "申请人是否满意：是或否。"),
    ]

    package let `case`: String
    package let on: Day
    package let manner: ContactManner
    package let finding: String
    package let satisfied: Bool?

    package init(`case`: String, on: Day, manner: ContactManner, finding: String, satisfied: Bool? = nil) {
        self.case = `case`
        self.on = on
        self.manner = manner
        self.finding = finding
        self.satisfied = satisfied
    }
}

package struct StopAward: Command {
    package typealias Reply = CaseView
    package static let name = "award.stop"
    package static let summary = Phrase("Stops the instalments that aren't paid yet.", "停发尚未支付的各期。")
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/stop")

    package let `case`: String
    package let reason: String

    package init(`case`: String, reason: String) {
        self.case = `case`
        self.reason = reason
    }
}
