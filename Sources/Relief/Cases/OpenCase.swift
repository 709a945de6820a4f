package import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Cases: from application to follow-up.
enum Cases {
    /// Opens a draft for a subject, and judges it once. Refuses facts that don't fit the form, and a second case for the same
    /// grant.
    static func open(
        _ version: ProgrammeVersion, organisation: Organisation, subject: CaseSubject, facts: [String: JSONValue],
        in context: CommandContext
    ) async throws -> (file: CaseFile, judged: Judged) {
        let pack = version.pack
        let facts = try pack.read(facts).filter { $0.value != .null }
        try await subject.requireAnswering(organisation, in: context)
        let id = UUID()
        let inputs = try await Assessments.gather(
            subject, caseID: id, facts: facts, path: organisation.path, pack: pack, in: context)
        let number = try await Numbers.next(.file(year: context.today.year), of: organisation, in: context.transaction)
        let stored = String(decoding: try JSON.encode(facts), as: UTF8.self)
        let judged = Judged(inputs: inputs, assessment: pack.assess(inputs))
        let period = judged.assessment.period
        try await refusingSecond(of: pack, period, in: context) {
            try await context.transaction.execute(
                """
                INSERT INTO relief.case_file (id, number, programme_version, programme, org_id, org_path, household, person,
                  employer, period, state, facts, opened_by, opened_at)
                VALUES (\(id), \(number), \(version.id), \(pack.programme), \(organisation.id), \(organisation.path)::ltree,
                  \(subject.household), \(subject.person), \(subject.employer), \(period), 'draft',
                  \(stored)::text::jsonb, \(context.principal.user), \(context.now))
                """)
        }
        try await CaseSteps.layOut(id, pack, in: context)
        let file = try await CaseFile.find(id: id, in: context)
        try await CaseSheet.refresh(file, version, judged, in: context)
        context.concerns(number)
        context.note("programme", .string(pack.programme))
        return (file, judged)
    }

    /// Says in words that there is another case for what is granted once.
    @discardableResult
    static func refusingSecond<R>(
        of pack: Pack, _ period: String?, in context: CommandContext, _ body: () async throws -> R
    ) async throws -> R {
        do {
            return try await body()
        } catch let error as PostgresError where error.sqlState == "23505" {
            let waits = context.waits(.grant, error, field: pack.subject.rawValue) {
                [pack.programme, period, $0].compactMap(\.self).joined(separator: " ")
            }
            if let refusal = waits ?? second(of: pack, period, error) { throw refusal }
            throw error
        }
    }

    private static func second(of pack: Pack, _ period: String?, _ error: PostgresError) -> Refusal? {
        switch error.constraint {
        case "once_per_period":
            .conflict(
                Phrase(
                    "\(pack.title) is granted once per \(period ?? "") and there is a case for it already (relief case list).",
                    "\(pack.title)每个“\(period ?? "")”只办一次，已有案件（relief case list）。"),
                field: pack.subject.rawValue)
        case "one_undated_draft":
            .conflict(
                Phrase(
                    "There is a draft of \(pack.title) already that doesn't say yet what it is for: complete or withdraw it (relief case list --state draft).",
                    "已有一份\(pack.title)草稿尚未填明周期：请先补全或撤回（relief case list --state draft）。"),
                field: pack.subject.rawValue)
        default: nil
        }
    }

    /// Takes facts, as read by the form, into a case's; null takes one away.
    static func merge(
        _ facts: [String: JSONValue], into file: CaseFile, in context: CommandContext
    ) async throws -> CaseFile {
        var file = file
        file.facts = file.facts.merging(facts) { $1 }.filter { $0.value != .null }
        let stored = String(decoding: try JSON.encode(file.facts), as: UTF8.self)
        try await context.transaction.execute(
            "UPDATE relief.case_file SET facts = \(stored)::text::jsonb WHERE id = \(file.id)")
        return file
    }
}

extension OpenCase: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let version = try await Programmes.released(programme, in: context)
        let union = try await Organisation.find(organisation, in: context)
        let subject = try await resolve(version.pack, in: context)
        let (file, judged) = try await Cases.open(
            version, organisation: union, subject: subject, facts: facts, in: context)
        return try await CaseViews.view(file.number, judged: judged, in: context)
    }

    /// Finds whom the case is about; a person's household comes with the person.
    private func resolve(_ pack: Pack, in context: CommandContext) async throws -> CaseSubject {
        switch pack.subject {
        case .household:
            guard let household else {
                throw Refusal.invalid(
                    Phrase(
                        "\(pack.title) is for a household: name it.",
                        "\(pack.title)以家庭户为对象：请指明家庭户。"), field: "household")
            }
            return CaseSubject(household: try await CaseSubjects.household(household, in: context))
        case .person:
            guard let person else {
                throw Refusal.invalid(
                    Phrase(
                        "\(pack.title) is for a person: name him or her.",
                        "\(pack.title)以个人为对象：请指明人员。"), field: "person")
            }
            return try await CaseSubjects.person(person, in: context)
        case .employer:
            guard let employer else {
                throw Refusal.invalid(
                    Phrase(
                        "\(pack.title) is for an employer: give its USCC.",
                        "\(pack.title)以用人单位为对象：请给出统一社会信用代码。"), field: "employer")
            }
            let union = try await Organisation.find(organisation, in: context)
            return CaseSubject(employer: try await Employer.find(employer, near: union, in: context).id)
        }
    }
}

/// Finds subjects by the numbers that people use.
enum CaseSubjects {
    static func household(_ number: String, in context: some OperationContext) async throws -> UUID {
        guard let row = try await context.transaction.first("SELECT id FROM relief.household WHERE number = \(number)")
        else {
            throw Refusal.notFound(
                Phrase(
                    "There is no household \(number); check the number.",
                    "没有家庭户\(number)；请核对户号。"), field: "household")
        }
        return try row["id"]
    }

    static func person(_ number: String, in context: some OperationContext) async throws -> CaseSubject {
        guard
            let row = try await context.transaction.first(
                """
                SELECT p.id, p.died_on, p.erased_at, m.household FROM relief.person p
                LEFT JOIN relief.household_member m ON m.person = p.id AND m.valid @> \(context.today)
                WHERE p.number = \(number)
                """)
        else {
            throw Refusal.notFound(
                Phrase(
                    "There is no person \(number); check the number.",
                    "没有人员\(number)；请核对编号。"), field: "person")
        }
        let (died, erased): (Day?, Date?) = (try row["died_on"], try row["erased_at"])
        guard died == nil, erased == nil else {
            throw Refusal.conflict(
                Phrase(
                    "\(number) is no longer somebody to open a case for: see person show.",
                    "不能再为\(number)立案：见 person show。"), field: "person")
        }
        return CaseSubject(household: try row["household"], person: try row["id"])
    }
}

extension AmendCase: Executable {
    package func execute(in context: CommandContext) async throws -> CaseView {
        let before = try await CaseFile.find(`case`, in: context)
        try before.require([.draft, .returned], to: Phrase("amend", "修改"))
        let version = try await Programmes.version(before.version, in: context)
        let file = try await Cases.merge(try version.pack.read(facts), into: before, in: context)
        let judged = try await CaseSheet.refresh(file, version, in: context)
        context.concerns(file.number)
        return try await CaseViews.view(file.number, judged: judged, in: context)
    }
}

/// What a case comes to, and what that was made from: gathered and judged once in a command.
struct Judged {
    let inputs: AssessmentInputs
    let assessment: Assessment
}
