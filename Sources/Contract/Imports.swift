/// Take all rows or none, or the valid ones.
package enum ImportMode: String, Codable, CaseIterable, Sendable {
    case all
    case valid
}

extension ImportMode: Choice {
    package var title: Phrase {
        switch self {
        case .all: Phrase("all", "整份")
        case .valid: Phrase("valid", "仅有效行")
        }
    }
}

/// What an import does with a row, or would do.
package enum RowOutcome: String, Codable, CaseIterable, Sendable {
    /// It is taken in.
    case new
    /// What it says is known already: there is nothing to do.
    case same
    /// What it says stands otherwise in the register, and the register stays: see the remarks.
    case differs
    /// It is taken in, and waits for another person, who is shown why.
    case doubted
    /// Nothing of it is taken in.
    case refused
}

extension RowOutcome: Choice {
    package var title: Phrase {
        switch self {
        case .new: Phrase("new", "新增")
        case .same: Phrase("same", "相同")
        case .differs: Phrase("differs", "不同")
        case .doubted: Phrase("doubted", "存疑")
        case .refused: Phrase("refused", "退回")
        }
    }
}

/// What became of each row of a file; of a dry run, what would become of it.
package struct ImportReport: Codable, Sendable {
    package var rows: Int
    /// Rows of which something was taken in.
    package var accepted: Int
    /// Rows with the outcome `refused`.
    package var refused: Int
    /// Every row, in the file's order. With the mode `all` one refused row leaves the others undone, too; their outcome is
    /// what it would be without it.
    package var outcomes: [RowReport]
    /// Why rows are refused or doubted, and where they differ.
    package var problems: [RowProblem]
    /// Numbers of what was made, in the file's order.
    package var created: [String]
    /// What holds for the file: its encoding, lines above the columns, why nothing was taken in.
    package var notes: [Phrase]

    package init(
        rows: Int, accepted: Int, refused: Int, outcomes: [RowReport], problems: [RowProblem], created: [String],
        notes: [Phrase]
    ) {
        self.rows = rows
        self.accepted = accepted
        self.refused = refused
        self.outcomes = outcomes
        self.problems = problems
        self.created = created
        self.notes = notes
    }

    /// Rows with an outcome.
    package func count(_ outcome: RowOutcome) -> Int { outcomes.count { $0.outcome == outcome } }
}

/// What became of a row.
package struct RowReport: Codable, Sendable, Equatable {
    /// In the file, from 1.
    package var line: Int
    package var outcome: RowOutcome
    /// Of what was made of it, or is known of it: a case, a household.
    package var number: String?

    package init(line: Int, outcome: RowOutcome, number: String? = nil) {
        self.line = line
        self.outcome = outcome
        self.number = number
    }
}

/// What is to be said of a row: why it is refused or doubted, or where it differs; and what to do about it.
package struct RowProblem: Codable, Sendable {
    /// In the file, from 1.
    package var line: Int
    package var column: String
    /// Masked where personal.
    package var value: String?
    package var problem: Phrase
    package var advice: Phrase

    package init(line: Int, column: String, value: String? = nil, problem: Phrase, advice: Phrase) {
        self.line = line
        self.column = column
        self.value = value
        self.problem = problem
        self.advice = advice
    }
}
