import CEL
package import Contract
package import WorkingDays

/// A relief measure as data: who, on what evidence, by which rules, how much, in which steps, from which money.
///
/// Read from YAML by `Pack.load`; the same text always gives the same pack, so a digest names it for ever.
package struct Pack: Sendable {
    package enum Kind: String, Sendable, CaseIterable { case archive, grant, refund }
    package enum Subject: String, Sendable, CaseIterable { case household, person, employer }

    package let programme: String
    package let version: Int
    package let title: String
    package let kind: Kind
    /// Where the rule stands: document, number, date.
    package let source: String
    package let subject: Subject
    /// nil: the household needs an active archive. Otherwise why not.
    package let archiveWaived: String?
    /// Months and days between which cases are submitted; nil: always.
    package let intake: Intake?
    /// Whether cases are opened by screening, without application (免申即享).
    package let screening: Bool
    package let facts: [FactDefinition]
    /// Names of the dated, regional figures that the expressions read.
    package let parameters: [String]
    /// Where they are named in the text.
    let parameterLines: [String: Int]
    package let rules: [Rule]
    /// The fund item that awards are charged to; nil where nothing is paid.
    package let item: String?
    /// Sources of money in the order in which funds are asked.
    package let funding: [FundSource]
    package let evidence: [EvidenceRequirement]
    package let steps: [PackStep]
    package let instalments: Instalments?
    /// Months after which an archive is tested again; only of kind archive.
    package let retestMonths: Int?
    /// Places where a case may come to something that can't be said; the pack can be used all the same.
    package let warnings: [PackProblem]
    let expressions: PackExpressions

    /// One condition of eligibility, and what it says to a person.
    package struct Rule: Sendable {
        package let id: String
        package let says: String
        package let source: String?
        let when: Expression
    }

    /// A span of the year, for instance 1 July to 20 August.
    package struct Intake: Sendable, Equatable {
        package let opens: MonthDay
        package let closes: MonthDay

        package func contains(_ day: Day) -> Bool {
            let now = MonthDay(month: day.month, day: day.day)
            return opens <= closes ? (opens...closes).contains(now) : now >= opens || now <= closes
        }
    }

    package struct Instalments: Sendable {
        package enum First: Sendable, Equatable {
            case on(MonthDay)
            case workingDays(Int)
        }
        package let first: First
        package let monthly: Bool
    }

    package func step(_ ordinal: Int) -> PackStep? {
        steps.indices.contains(ordinal - 1) ? steps[ordinal - 1] : nil
    }
}

package struct MonthDay: Sendable, Comparable {
    package let month: Int
    package let day: Int

    package static func < (left: MonthDay, right: MonthDay) -> Bool {
        (left.month, left.day) < (right.month, right.day)
    }
}

/// What a form of a programme asks; also a column of its import.
package struct FactDefinition: Sendable {
    package enum Kind: String, Sendable, CaseIterable { case text = "string", fen, int, bool, date }

    package let name: String
    package let title: String
    package let kind: Kind
    package let required: Bool
    package let oneOf: [String]
}

/// A paper that a case must have, always or on a condition.
package struct EvidenceRequirement: Sendable {
    package let kind: String
    package let title: String
    let when: Expression?
}

/// One step of a programme's chain, with its deadline in working days.
package struct PackStep: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case review, visit, means, committee, notice, approve, pay, followUp
    }

    /// Up to an amount so many different people approve.
    package struct Band: Sendable, Equatable, Encodable {
        /// nil: whatever the amount.
        package let upTo: Fen?
        package let people: Int
    }

    package let kind: Kind
    package let title: String
    /// Working days until it is late.
    package let days: Int?
    /// Of a notice: how many working days it stands.
    package let noticeDays: Int
    package let showsAmount: Bool
    package let bands: [Band]

    /// How many different people have to approve an amount.
    package func approvers(for amount: Fen) -> Int {
        bands.first { $0.upTo.map { amount <= $0 } ?? true }?.people ?? bands.last?.people ?? 1
    }
}
