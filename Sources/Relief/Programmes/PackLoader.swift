import CEL
package import Contract
import Yams

extension Pack {
    private static let known: Set<String> = [
        "programme", "version", "title", "kind", "source", "subject", "needs_archive", "once_per", "intake",
        "screening",
        "facts", "parameters", "let", "rules", "amount", "instalments", "item", "funding", "evidence", "steps",
        "archive",
    ]

    /// Reads a pack and types every expression in it. Throws `PackProblems` with all faults, each with line and column.
    ///
    /// `isKept`: the text was added before, and what was asked of packs then is asked of it: cases follow it.
    package static func load(_ text: String, isKept: Bool = false) throws -> Pack {
        guard text.utf8.count <= 262_144 else {
            throw PackProblems(problems: [
                PackProblem(line: 1, column: 1, reason: Phrase(asGiven: "a pack has at most 256 KiB"))
            ])
        }
        let node: YAMLNode
        do {
            guard let composed = try Yams.compose(yaml: text) else {
                throw PackProblems(problems: [
                    PackProblem(line: 1, column: 1, reason: Phrase(asGiven: "the pack is empty"))
                ])
            }
            node = composed
        } catch let error as YamlError {
            throw PackProblems(problems: [error.packProblem(in: text)])
        }
        var loader = PackLoader(root: node, text: text, isKept: isKept)
        return try loader.pack()
    }

    /// All faults of a text; empty where it is a good pack.
    package static func problems(in text: String) -> [PackProblem] {
        do {
            _ = try load(text)
            return []
        } catch let error as PackProblems {
            return error.problems
        } catch {
            return [PackProblem(line: 1, column: 1, reason: Phrase(asGiven: "\(error)"))]
        }
    }

    fileprivate static var knownFields: Set<String> { known }
}

/// One walk over the pack's YAML.
private struct PackLoader {
    let root: YAMLNode
    let lines: [Substring]
    let isKept: Bool
    var reader = PackReader()
    private var review = PackReview(facts: [], subject: nil)
    private var outcomes = PackOutcomes(lets: [:])
    private var subject: Pack.Subject?

    init(root: YAMLNode, text: String, isKept: Bool) {
        (self.root, self.isKept) = (root, isKept)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    mutating func pack() throws -> Pack {
        let top = reader.fields(root, known: Pack.knownFields, of: "a pack")
        let code = reader.text(top["programme"], "programme", in: root)
        if let code, code.wholeMatch(of: /[A-Z][A-Z0-9-]{1,15}/) == nil, let node = top["programme"] {
            reader.report(node, "a programme's code has 2 to 16 capitals, digits and hyphens, like P08-B")
        }
        let version = top["version"].flatMap { reader.number($0, "version", 1...9_999) }
        if top["version"] == nil { reader.report(root, "“version” is missing") }
        let title = reader.text(top["title"], "title", in: root)
        let kind: Pack.Kind? = reader.choice(top["kind"], "kind", in: root)
        let source = reader.text(top["source"], "source", in: root)
        let subject: Pack.Subject? = reader.choice(top["subject"], "subject", in: root)
        let waived = archiveWaiver(top["needs_archive"], kind: kind)
        let facts = reader.facts(top["facts"])
        let figures = reader.list(top["parameters"], "parameters").compactMap { node in
            reader.text(node, "parameters", in: node).map { (name: $0, line: node.mark?.line ?? 1) }
        }
        let parameters = figures.map(\.name)
        var environment = PackExpressions.environment(
            facts: facts, parameters: parameters, subject: isKept ? nil : subject ?? .household)
        review = PackReview(facts: facts, subject: subject)
        self.subject = subject
        let lets = lets(top["let"], &environment)
        outcomes = PackOutcomes(lets: Dictionary(lets.map { ($0.name, $0.expression) }) { $1 })
        let rules = rules(top["rules"], environment)
        let steps = reader.list(top["steps"], "steps").compactMap { reader.step($0) }
        if steps.isEmpty { reader.report(top["steps"] ?? root, "“steps” names at least one step") }
        let evidence = evidence(top["evidence"], environment)
        let funding: [FundSource] = reader.list(top["funding"], "funding").compactMap {
            reader.choice($0, "funding", in: $0)
        }
        let (instalments, count) = instalments(top["instalments"], environment)
        let (level, retest) = archive(top["archive"], kind: kind, environment)
        let oncePer = expression(top["once_per"], "once_per", .string, environment, required: true)
        let paid = kind != .archive
        let amount = expression(top["amount"], "amount", .int, environment, required: paid)
        if paid && !steps.contains(where: { $0.kind == .approve }) {
            reader.report(top["steps"] ?? root, "money takes an “approve” step")
        }
        if steps.count(where: { $0.kind == .approve }) > 1 {
            reader.report(top["steps"] ?? root, "a pack has one “approve” step: more approvers stand in its bands")
        }
        let item = paid ? reader.text(top["item"], "item", in: root) : nil
        if paid && funding.isEmpty {
            reader.report(top["funding"] ?? root, "“funding” names at least one source of money")
        }
        if !isKept { check(kind, subject, waived: waived, steps) }
        let intake = reader.intake(top["intake"])
        let screening = reader.flag(top["screening"], "screening")
        guard reader.problems.isEmpty, let code, let version, let title, let kind, let source, let subject, let oncePer
        else {
            throw PackProblems(problems: reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
        }
        return Pack(
            programme: code, version: version, title: title, kind: kind, source: source, subject: subject,
            archiveWaived: waived, intake: intake, screening: screening, facts: facts, parameters: parameters,
            parameterLines: Dictionary(figures.map { ($0.name, $0.line) }) { first, _ in first }, rules: rules,
            item: item, funding: funding, evidence: evidence, steps: steps, instalments: instalments,
            retestMonths: retest, warnings: reader.warnings,
            expressions: PackExpressions(oncePer: oncePer, lets: lets, amount: amount, count: count, level: level))
    }

    /// What no case could ever come to the end of.
    private mutating func check(_ kind: Pack.Kind?, _ subject: Pack.Subject?, waived: String?, _ steps: [PackStep]) {
        if kind == .archive, let subject, subject != .household {
            reader.report(
                root,
                Phrase(
                    "an archive is of a household, not of a \(subject.rawValue)", "档案以户为对象，不能以 \(subject.rawValue) 为对象")
            )
        }
        if kind == .archive, !steps.contains(where: { $0.kind == .approve }) {
            reader.report(root, Phrase("an archive takes an “approve” step", "建档方案应有“approve”环节"))
        }
        if subject == .employer, kind != .archive, waived == nil {
            reader.report(
                root,
                Phrase(
                    "an employer has no archive: write needs_archive: {waived: why}",
                    "用人单位没有档案：请写 needs_archive: {waived: 理由}"))
        }
    }

    private mutating func archiveWaiver(_ node: YAMLNode?, kind: Pack.Kind?) -> String? {
        guard let node else {
            if kind != .archive { reader.report(root, "“needs_archive” is missing: true, or {waived: why}") }
            return nil
        }
        if node.scalar?.string == "true" { return nil }
        let fields = reader.fields(node, known: ["waived"], of: "needs_archive")
        return reader.text(fields["waived"], "waived", in: node)
    }

    private mutating func expression(
        _ node: YAMLNode?, _ name: String, _ type: Type?, _ environment: Environment, required: Bool = false
    ) -> Expression? {
        guard let node else {
            if required { reader.report(root, "“\(name)” is missing") }
            return nil
        }
        guard let source = reader.text(node, name, in: node) else { return nil }
        let (line, column) = start(of: node)
        do {
            let expression = try Expression(source, in: environment, expecting: type)
            warn(review.doubts(of: expression), of: name, at: node)
            return expression
        } catch {
            reader.report(
                node, Phrase("\(name): \(error.message)", "\(name)：\(error.message)").adding(stranger(error)),
                lineOffset: line + error.line - 1, columnOffset: column + error.column - 1)
            return nil
        }
    }

    private mutating func warn(_ doubts: [PackReview.Doubt], of name: String, at node: YAMLNode) {
        let (line, column) = start(of: node)
        for doubt in doubts {
            reader.warn(
                node, Phrase("\(name): \(doubt.why.en)", "\(name)：\(doubt.why.zh)"),
                lineOffset: line + doubt.place.line - 1, columnOffset: column + doubt.place.column - 1)
        }
    }

    /// Where a name is known of other subjects only: which those are.
    private func stranger(_ error: CELError) -> Phrase? {
        guard error.code == .undeclared, let subject, let name = error.subject else { return nil }
        let others = PackExpressions.subjects(with: name).map(\.rawValue)
        guard !others.isEmpty else { return nil }
        let list = others.joined(separator: ", ")
        return Phrase(
            "a pack for a \(subject.rawValue) never has it, only one for a \(list)",
            "以 \(subject.rawValue) 为对象的方案没有它，仅 \(list) 有")
    }

    /// Where the text of a scalar begins, seen from its mark: after a quote; in a block, indented on the line below.
    private func start(of node: YAMLNode) -> (line: Int, column: Int) {
        switch node.scalar?.style {
        case .doubleQuoted, .singleQuoted: return (0, 1)
        case .literal, .folded:
            let below = node.mark.map { $0.line } ?? 0
            let first = lines.dropFirst(below).first { !$0.allSatisfy(\.isWhitespace) }
            return (1, first?.prefix { $0 == " " }.count ?? 0)
        default: return (0, 0)
        }
    }

    private mutating func lets(_ node: YAMLNode?, _ environment: inout Environment) -> [PackExpressions.Named] {
        guard let node else { return [] }
        guard case .mapping(let mapping) = node else {
            reader.report(node, "“let” is a mapping of names to expressions")
            return []
        }
        var lets: [PackExpressions.Named] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string, name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil else {
                reader.report(key, "a name has small letters, digits and underscores")
                continue
            }
            guard let expression = expression(value, name, nil, environment) else { continue }
            environment.declare(name, expression.type)
            lets.append(PackExpressions.Named(name: name, expression: expression))
        }
        return lets
    }

    private mutating func rules(_ node: YAMLNode?, _ environment: Environment) -> [Pack.Rule] {
        var seen: Set<String> = []
        return reader.list(node, "rules").compactMap { node in
            let fields = reader.fields(node, known: ["id", "when", "says", "source"], of: "a rule")
            let id = reader.text(fields["id"], "id", in: node)
            let says = reader.text(fields["says"], "says", in: node)
            if fields["when"] == nil { reader.report(node, "“when” is missing") }
            let when = expression(fields["when"], "when", .bool, environment)
            let source = fields["source"].flatMap { reader.text($0, "source", in: node) }
            guard let id, let says, let when else { return nil }
            if !seen.insert(id).inserted { reader.report(node, "the rule “\(id)” stands twice") }
            return Pack.Rule(id: id, says: says, source: source, when: when)
        }
    }

    private mutating func evidence(_ node: YAMLNode?, _ environment: Environment) -> [EvidenceRequirement] {
        reader.list(node, "evidence").compactMap { node in
            let fields = reader.fields(node, known: ["kind", "title", "when"], of: "a piece of evidence")
            let when = expression(fields["when"], "when", .bool, environment)
            guard let kind = reader.text(fields["kind"], "kind", in: node),
                let title = reader.text(fields["title"], "title", in: node)
            else { return nil }
            return EvidenceRequirement(kind: kind, title: title, when: when)
        }
    }

    private mutating func instalments(_ node: YAMLNode?, _ environment: Environment) -> (Pack.Instalments?, Expression?)
    {
        guard let node else { return (nil, nil) }
        let fields = reader.fields(node, known: ["count", "first", "every"], of: "instalments")
        let count = expression(fields["count"], "count", .int, environment)
        if let count, let node = fields["count"] { warn(outcomes.faults(ofCount: count), of: "count", at: node) }
        if let every = fields["every"], every.scalar?.string != "month" { reader.report(every, "“every” is month") }
        var first = Pack.Instalments.First.workingDays(0)
        if let place = fields["first"] {
            if let date = place.scalar?.string.monthDay {
                first = .on(date)
            } else if case .mapping = place {
                let days = reader.fields(place, known: ["working_days"], of: "first")["working_days"]
                first = .workingDays(days.flatMap { reader.number($0, "working_days", 0...250) } ?? 0)
            } else {
                reader.report(place, "“first” is a day of the year like 09-10, or {working_days: 5} after the approval")
            }
        }
        return (Pack.Instalments(first: first, monthly: fields["every"] != nil), count)
    }

    private mutating func archive(_ node: YAMLNode?, kind: Pack.Kind?, _ environment: Environment) -> (
        Expression?, Int?
    ) {
        guard let node else {
            if kind == .archive { reader.report(root, "“archive” is missing: its level and when it is tested again") }
            return (nil, nil)
        }
        let fields = reader.fields(node, known: ["level", "retest_months"], of: "archive")
        if fields["level"] == nil { reader.report(node, "“level” is missing") }
        let level = expression(fields["level"], "level", .string, environment)
        if let level, let node = fields["level"] { warn(outcomes.faults(ofLevel: level), of: "level", at: node) }
        return (
            level,
            fields["retest_months"].flatMap { reader.number($0, "retest_months", 1...60) } ?? 12
        )
    }
}

extension YamlError {
    fileprivate func packProblem(in text: String) -> PackProblem {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return PackProblem(
                line: mark.line, column: mark.column, reason: Phrase(asGiven: "not YAML: \(problem)"))
        case .duplicatedKeysInMapping(let names, let context):
            let name = names.first ?? ""
            // Yams tells only where the mapping begins; the name's second line in it is what the author looks for.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            let found = lines.dropFirst(context.mark.line - 1).filter {
                $0.element.drop { $0 == " " }.hasPrefix(name + ":")
            }.dropFirst().first
            let indent = found?.element.prefix { $0 == " " }.count
            return PackProblem(
                line: found.map { $0.offset + 1 } ?? context.mark.line,
                column: indent.map { $0 + 1 } ?? context.mark.column,
                reason: Phrase(asGiven: "“\(name)” stands twice in this mapping"))
        default: return PackProblem(line: 1, column: 1, reason: Phrase(asGiven: "not YAML: \(self)"))
        }
    }
}
