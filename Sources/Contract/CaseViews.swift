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

/// What the rules say of a case.
package enum Answer: String, Codable, CaseIterable, Sendable {
    case yes
    case no
    /// It can't be said yet: something isn't known, or can't be computed.
    case unknown
}

/// Why a case is eligible or not, rule by rule.
package struct Explanation: Codable, Sendable {
    /// When the sheet was made that this stands on and the deciders were shown; nil: reckoned now.
    package var asOf: Date?
    package var answer: Answer
    package var rules: [RuleTrace]
    package var amount: Fen?
    package var amountBecause: [String]
    /// How the amount would be paid.
    package var plan: [PlannedPart]
    /// Of an archive: deep, relative, accident.
    package var level: String?
    package var parameters: [ParameterUsed]
    /// Why it can't be said yet: what isn't known, and what can't be computed.
    package var open: [Phrase]

    package init(
        asOf: Date? = nil, answer: Answer, rules: [RuleTrace], amount: Fen? = nil, amountBecause: [String],
        plan: [PlannedPart] = [], level: String? = nil, parameters: [ParameterUsed], open: [Phrase]
    ) {
        self.level = level
        self.asOf = asOf
        self.answer = answer
        self.rules = rules
        self.amount = amount
        self.amountBecause = amountBecause
        self.plan = plan
        self.parameters = parameters
        self.open = open
    }
}

/// One rule and what it saw.
package struct RuleTrace: Codable, Sendable {
    package var id: String
    package var answer: Answer
    package var says: String
    package var because: [String]
    package var source: String?

    package init(id: String, answer: Answer, says: String, because: [String], source: String? = nil) {
        self.id = id
        self.answer = answer
        self.says = says
        self.because = because
        self.source = source
    }
}

/// A part of what would be paid: how much, and when.
package struct PlannedPart: Codable, Sendable, Hashable {
    package var amount: Fen
    /// The day from which it is due, if the case is approved before; nil: so many working days after the approval.
    package var on: Day?
    package var workingDays: Int?
    /// Months after the first part.
    package var months: Int

    package init(amount: Fen, on: Day? = nil, workingDays: Int? = nil, months: Int = 0) {
        self.amount = amount
        self.on = on
        self.workingDays = workingDays
        self.months = months
    }

    /// When it is due, in words.
    package var due: Phrase {
        let first =
            switch (on, workingDays ?? 0) {
            case (let day?, _): Phrase("on \(day), or at the approval if that is later", "\(day)（批准晚于该日的，批准时）")
            case (nil, 0): Phrase("at the approval, on a working day", "批准当日，遇非工作日顺延")
            case (nil, let days): Phrase("\(days) working days after the approval", "批准后第\(days)个工作日")
            }
        guard months > 0 else { return first }
        return Phrase("\(months) months after the first", "首期后第\(months)个月")
    }
}

/// A figure that a rule or amount used.
package struct ParameterUsed: Codable, Sendable {
    package var name: String
    /// As rules read it: money in fen.
    package var value: Int64
    /// What `value` counts: fen, count, percent, days.
    package var unit: String
    package var region: String
    package var from: Day
    package var source: String
    /// As the register has it.
    package var title: String?

    package init(
        name: String, value: Int64, unit: String, region: String, from: Day, source: String, title: String? = nil
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.region = region
        self.from = from
        self.source = source
        self.title = title
    }

    package var kind: FigureKind { FigureKind(base: unit) }
}

/// One thing that happened.
package struct TimelineEntry: Codable, Sendable {
    package var at: Date
    package var command: String
    package var by: String
    package var summary: String
    /// In the audit log; nil until sealed.
    package var leafIndex: Int64?

    package init(at: Date, command: String, by: String, summary: String, leafIndex: Int64? = nil) {
        self.at = at
        self.command = command
        self.by = by
        self.summary = summary
        self.leafIndex = leafIndex
    }
}
