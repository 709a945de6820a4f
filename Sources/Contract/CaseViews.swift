package import FoundationEssentials
package import WorkingDays

/// A case as it is shown to those who work on it.
package struct CaseView: Codable, Sendable {
    package var number: String
    package var programme: String
    package var programmeTitle: String
    package var version: Int
    package var organisation: String
    package var subject: SubjectView
    package var state: CaseState
    /// Kind of the open step.
    package var step: String?
    package var facts: [String: JSONValue]
    package var steps: [StepView]
    package var evidence: [EvidenceView]
    package var missingEvidence: [String]
    package var decisions: [DecisionView]
    package var visits: [VisitView]
    package var means: [MeansView]
    package var followUps: [FollowUpView]
    package var award: AwardView?
    /// SHA-256, hexadecimal, of what is shown: what a decision is bound to.
    package var sheet: String
    package var openedBy: String
    package var openedAt: Date
    package var outcome: ExitReason?
    package var warnings: [Phrase]
    /// The jobs that worked or will work on it, the newest first; `case.show` says them.
    package var jobs: [JobGlance]?
    /// What the rules say, and the amount, as they stand on the sheet; `case.show` says them.
    package var assessment: Explanation?
    /// What the form calls each of its facts, and of which kind it is.
    package var form: [String: FactForm]?

    package init(
        number: String, programme: String, programmeTitle: String, version: Int, organisation: String,
        subject: SubjectView, state: CaseState, step: String? = nil, facts: [String: JSONValue], steps: [StepView],
        evidence: [EvidenceView], missingEvidence: [String], decisions: [DecisionView], visits: [VisitView],
        means: [MeansView], followUps: [FollowUpView], award: AwardView? = nil, sheet: String, openedBy: String,
        openedAt: Date, outcome: ExitReason? = nil, warnings: [Phrase], jobs: [JobGlance]? = nil,
        form: [String: FactForm]? = nil
    ) {
        self.number = number
        self.programme = programme
        self.programmeTitle = programmeTitle
        self.version = version
        self.organisation = organisation
        self.subject = subject
        self.state = state
        self.step = step
        self.facts = facts
        self.steps = steps
        self.evidence = evidence
        self.missingEvidence = missingEvidence
        self.decisions = decisions
        self.visits = visits
        self.means = means
        self.followUps = followUps
        self.award = award
        self.sheet = sheet
        self.openedBy = openedBy
        self.openedAt = openedAt
        self.outcome = outcome
        self.warnings = warnings
        self.jobs = jobs
        self.form = form
    }
}

/// Whom a case is about.
package enum SubjectKind: String, Codable, CaseIterable, Sendable {
    case household
    case person
    case employer
}

extension SubjectKind: Choice {
    package var title: Phrase {
        switch self {
        case .household: Phrase("household", "家庭户")
        case .person: Phrase("person", "人员")
        case .employer: Phrase("employer", "用人单位")
        }
    }
}

/// Whom a case is about.
package struct SubjectView: Codable, Sendable {
    package var kind: SubjectKind
    /// Household or person number, or USCC. nil, as the name, where `elsewhere` says so.
    package var number: String?
    package var name: String?
    /// Why nothing is told: the subject has moved to another union.
    package var elsewhere: Phrase?

    package init(kind: SubjectKind, number: String?, name: String?, elsewhere: Phrase? = nil) {
        self.kind = kind
        self.number = number
        self.name = name
        self.elsewhere = elsewhere
    }
}

/// A step of a case.
package struct StepView: Codable, Sendable {
    package var ordinal: Int
    package var kind: String
    package var title: String
    package var state: StepState
    package var openedAt: Date?
    package var dueOn: Day?
    package var doneAt: Date?

    package init(
        ordinal: Int, kind: String, title: String, state: StepState, openedAt: Date? = nil, dueOn: Day? = nil,
        doneAt: Date? = nil
    ) {
        self.ordinal = ordinal
        self.kind = kind
        self.title = title
        self.state = state
        self.openedAt = openedAt
        self.dueOn = dueOn
        self.doneAt = doneAt
    }
}

/// A decision on a step.
package struct DecisionView: Codable, Sendable {
    package var step: String
    package var outcome: DecisionOutcome
    package var by: String
    package var at: Date
    package var reason: String?
    /// SHA-256, hexadecimal.
    package var sheet: String

    package init(step: String, outcome: DecisionOutcome, by: String, at: Date, reason: String? = nil, sheet: String) {
        self.step = step
        self.outcome = outcome
        self.by = by
        self.at = at
        self.reason = reason
        self.sheet = sheet
    }
}

/// A home visit.
package struct VisitView: Codable, Sendable {
    package var on: Day
    package var visitors: [String]
    package var findings: String
    package var recordedBy: String

    package init(on: Day, visitors: [String], findings: String, recordedBy: String) {
        self.on = on
        self.visitors = visitors
        self.findings = findings
        self.recordedBy = recordedBy
    }
}

/// A means check.
package struct MeansView: Codable, Sendable {
    package var source: String
    package var on: Day
    package var facts: [String: JSONValue]
    package var note: String?
    package var recordedBy: String

    package init(source: String, on: Day, facts: [String: JSONValue], note: String? = nil, recordedBy: String) {
        self.source = source
        self.on = on
        self.facts = facts
        self.note = note
        self.recordedBy = recordedBy
    }
}

/// How the applicant fared after the award.
package struct FollowUpView: Codable, Sendable {
    package var on: Day
    package var manner: ContactManner
    package var finding: String
    package var satisfied: Bool?
    package var recordedBy: String

    package init(on: Day, manner: ContactManner, finding: String, satisfied: Bool? = nil, recordedBy: String) {
        self.on = on
        self.manner = manner
        self.finding = finding
        self.satisfied = satisfied
        self.recordedBy = recordedBy
    }
}

/// What was awarded, and how it is paid.
package struct AwardView: Codable, Sendable {
    package var amount: Fen
    package var item: String
    package var fund: String?
    package var approvedAt: Date
    package var stopped: Bool
    package var instalments: [InstalmentView]

    package init(
        amount: Fen, item: String, fund: String? = nil, approvedAt: Date, stopped: Bool, instalments: [InstalmentView]
    ) {
        self.amount = amount
        self.item = item
        self.fund = fund
        self.approvedAt = approvedAt
        self.stopped = stopped
        self.instalments = instalments
    }
}

/// Where an instalment stands.
package enum InstalmentState: String, Codable, CaseIterable, Sendable {
    case due
    case inRun
    case paid
    case failed
    case stopped
}

extension InstalmentState: Choice {
    package var title: Phrase {
        switch self {
        case .due: Phrase("due", "待发")
        case .inRun: Phrase("in a run", "已入批次")
        case .paid: Phrase("paid", "已支付")
        case .failed: Phrase("failed", "未成功")
        case .stopped: Phrase("stopped", "已停发")
        }
    }
}

/// A part of an award, due on a day.
package struct InstalmentView: Codable, Sendable {
    package var ordinal: Int
    package var dueOn: Day
    package var amount: Fen
    package var state: InstalmentState
    /// Reference of its payment.
    package var payment: String?

    package init(ordinal: Int, dueOn: Day, amount: Fen, state: InstalmentState, payment: String? = nil) {
        self.ordinal = ordinal
        self.dueOn = dueOn
        self.amount = amount
        self.state = state
        self.payment = payment
    }
}

/// A case in a list.
package struct CaseSummary: Codable, Sendable {
    package var number: String
    package var programme: String
    package var organisation: String
    /// Name; nil where `elsewhere` says why.
    package var subject: String?
    package var state: CaseState
    package var step: String?
    package var amount: Fen?
    /// When its open step is due.
    package var dueOn: Day?
    /// The subject has moved to another union.
    package var elsewhere: Phrase?

    package init(
        number: String, programme: String, organisation: String, subject: String?, state: CaseState,
        step: String? = nil, amount: Fen? = nil, dueOn: Day? = nil, elsewhere: Phrase? = nil
    ) {
        self.number = number
        self.programme = programme
        self.organisation = organisation
        self.subject = subject
        self.elsewhere = elsewhere
        self.state = state
        self.step = step
        self.amount = amount
        self.dueOn = dueOn
    }
}

/// What a screening found.
package struct ScreeningReport: Codable, Sendable {
    package var examined: Int
    package var qualified: Int
    package var refused: [ScreeningRefusal]
    package var cases: [String]

    package init(examined: Int, qualified: Int, refused: [ScreeningRefusal], cases: [String]) {
        self.examined = examined
        self.qualified = qualified
        self.refused = refused
        self.cases = cases
    }
}

/// Why an employer doesn't qualify.
package struct ScreeningRefusal: Codable, Sendable {
    package var employer: String
    package var reason: Phrase

    package init(employer: String, reason: Phrase) {
        self.employer = employer
        self.reason = reason
    }
}

/// One thing that happened.
package struct TimelineEntry: Codable, Sendable {
    package var at: Date
    package var command: String
    package var by: String
    /// What was said and changed: “facts.cost 4,000.00 → 4,500.00”, “2026-09-10 paid 643.00 to 祁文斌 …0018”.
    package var summary: Phrase
    /// In the audit log; nil until sealed.
    package var leafIndex: Int64?

    package init(at: Date, command: String, by: String, summary: Phrase, leafIndex: Int64? = nil) {
        self.at = at
        self.command = command
        self.by = by
        self.summary = summary
        self.leafIndex = leafIndex
    }
}
