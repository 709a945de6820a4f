import Contract
import WorkingDays

/// What is kept of a decision is read for ever: each form bears its version, and every version has its reader.
///
/// 1: as it was before versions were written. 2: three answers, the plan of instalments, the day of submission.
enum StoredForm {
    static let version = 2

    /// The version of what is being read; refuses one that this program doesn't know.
    static func version<Key: CodingKey>(in container: KeyedDecodingContainer<Key>, _ key: Key) throws -> Int {
        let version = try container.decodeIfPresent(Int.self, forKey: key) ?? 1
        guard (1...Self.version).contains(version) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "Version \(version) was kept by a newer relief.")
        }
        return version
    }
}

extension Assessment: Codable {
    private enum Key: String, CodingKey {
        case version, answer, eligible, rules, amount, amountBecause, plan, parts, parameters, open, missing, period,
            level
        case requiredEvidence
    }

    package init(from decoder: any Decoder) throws {
        let form = try decoder.container(keyedBy: Key.self)
        let version = try StoredForm.version(in: form, .version)
        amount = try form.decodeIfPresent(Fen.self, forKey: .amount)
        amountBecause = try form.decode([String].self, forKey: .amountBecause)
        parameters = try form.decode([ParameterUsed].self, forKey: .parameters)
        period = try form.decodeIfPresent(String.self, forKey: .period)
        level = try form.decodeIfPresent(String.self, forKey: .level)
        requiredEvidence = try form.decode([String].self, forKey: .requiredEvidence)
        if version == 1 {
            // Before there were three answers, what can't be said was a no with something missing.
            open = try form.decode([String].self, forKey: .missing).map(Phrase.init(asGiven:))
            rules = try form.decode([RuleVersion1].self, forKey: .rules).map(\.trace)
            answer = try form.decode(Bool.self, forKey: .eligible) ? .yes : open.isEmpty ? .no : .unknown
            // The parts stand in the award; their days were not on the sheet.
            plan = []
        } else {
            open = try form.decode([Phrase].self, forKey: .open)
            rules = try form.decode([RuleTrace].self, forKey: .rules)
            answer = try form.decode(Answer.self, forKey: .answer)
            plan = try form.decode([PlannedPart].self, forKey: .plan)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var form = encoder.container(keyedBy: Key.self)
        try form.encode(StoredForm.version, forKey: .version)
        try form.encode(answer, forKey: .answer)
        try form.encode(rules, forKey: .rules)
        try form.encodeIfPresent(amount, forKey: .amount)
        try form.encode(amountBecause, forKey: .amountBecause)
        try form.encode(plan, forKey: .plan)
        try form.encode(parameters, forKey: .parameters)
        try form.encode(open, forKey: .open)
        try form.encodeIfPresent(period, forKey: .period)
        try form.encodeIfPresent(level, forKey: .level)
        try form.encode(requiredEvidence, forKey: .requiredEvidence)
    }

    private struct RuleVersion1: Decodable {
        let id: String
        let passed: Bool
        let says: String
        let because: [String]
        let source: String?

        var trace: RuleTrace {
            RuleTrace(id: id, answer: passed ? .yes : .no, says: says, because: because, source: source)
        }
    }
}

extension AssessmentInputs: Codable {
    private enum Key: String, CodingKey {
        case version, today, submittedOn, facts, applicant, household, archive, employerKind, fees, aidThisYear,
            parameters, waiting, calendar
    }

    package init(from decoder: any Decoder) throws {
        let form = try decoder.container(keyedBy: Key.self)
        _ = try StoredForm.version(in: form, .version)
        today = try form.decode(Day.self, forKey: .today)
        submittedOn = try form.decodeIfPresent(Day.self, forKey: .submittedOn)
        facts = try form.decode([String: JSONValue].self, forKey: .facts)
        applicant = try form.decodeIfPresent(Person.self, forKey: .applicant)
        household = try form.decodeIfPresent([Person].self, forKey: .household)
        archive = try form.decodeIfPresent(Archive.self, forKey: .archive)
        employerKind = try form.decodeIfPresent(String.self, forKey: .employerKind)
        fees = try form.decode([Int: Int64].self, forKey: .fees)
        aidThisYear = try form.decode(Int64.self, forKey: .aidThisYear)
        parameters = try form.decode([String: ParameterUsed].self, forKey: .parameters)
        waiting = try form.decodeIfPresent([String].self, forKey: .waiting) ?? []
        calendar = try form.decodeIfPresent(WorkingCalendar.self, forKey: .calendar)
    }

    package func encode(to encoder: any Encoder) throws {
        var form = encoder.container(keyedBy: Key.self)
        try form.encode(StoredForm.version, forKey: .version)
        try form.encode(today, forKey: .today)
        try form.encodeIfPresent(submittedOn, forKey: .submittedOn)
        try form.encode(facts, forKey: .facts)
        try form.encodeIfPresent(applicant, forKey: .applicant)
        try form.encodeIfPresent(household, forKey: .household)
        try form.encodeIfPresent(archive, forKey: .archive)
        try form.encodeIfPresent(employerKind, forKey: .employerKind)
        try form.encode(fees, forKey: .fees)
        try form.encode(aidThisYear, forKey: .aidThisYear)
        try form.encode(parameters, forKey: .parameters)
        if !waiting.isEmpty { try form.encode(waiting, forKey: .waiting) }
        try form.encodeIfPresent(calendar, forKey: .calendar)
    }
}
