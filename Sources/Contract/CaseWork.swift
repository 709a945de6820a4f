package import WorkingDays

/// How a follow-up was made.
package enum ContactManner: String, Codable, CaseIterable, Sendable {
    case phone
    case visit
    case letter
}

/// Records a home visit by two visitors.
package struct RecordVisit: Command {
    package typealias Reply = CaseView
    package static let name = "visit.record"
    package static let summary = "Records a home visit by two visitors."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/visits")

    package let `case`: String
    package let on: Day
    /// Logins.
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

/// Records the result of a means check.
package struct RecordMeans: Command {
    package typealias Reply = CaseView
    package static let name = "means.record"
    package static let summary = "Records the result of a means check."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/means")

    package let `case`: String
    /// Who answered: civil affairs, tax, housing…
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

/// Records how the applicant fares after the award.
package struct RecordFollowUp: Command {
    package typealias Reply = CaseView
    package static let name = "followup.record"
    package static let summary = "Records how the applicant fares after the award."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/follow-ups")

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

/// Stops the instalments that aren't paid yet.
package struct StopAward: Command {
    package typealias Reply = CaseView
    package static let name = "award.stop"
    package static let summary = "Stops the instalments that aren't paid yet."
    package static let permission = Permission.workCases
    package static let route = Route.post("/v1/cases/{case}/stop")

    package let `case`: String
    package let reason: String

    package init(`case`: String, reason: String) {
        self.case = `case`
        self.reason = reason
    }
}
