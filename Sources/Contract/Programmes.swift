package import FoundationEssentials

/// A version's life; released versions never change.
package enum ProgrammeState: String, Codable, CaseIterable, Sendable {
    case draft
    case released
    case retired
}

extension ProgrammeState: Choice {
    package var title: Phrase {
        switch self {
        case .draft: Phrase("draft", "草稿")
        case .released: Phrase("released", "已发布")
        case .retired: Phrase("retired", "已停用")
        }
    }
}

package struct CheckProgramme: Query {
    package typealias Reply = PackReport
    package static let name = "programme.check"
    package static let summary = Phrase("Checks the text of a programme pack without keeping it.", "检查项目文件，不保存。")
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/programmes/check")
    package static let fields = [
        "text": FieldNote("Programme pack, YAML.", "项目文件，YAML。", name: "pack", entry: .file)
    ]

    package let text: String

    package init(text: String) {
        self.text = text
    }
}

package struct AddProgramme: Command {
    package typealias Reply = ProgrammeView
    package static let name = "programme.add"
    package static let summary = Phrase("Adds a version of a programme as a draft.", "新增项目版本，作为草稿。")
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/programmes")
    package static let fields = [
        "text": FieldNote("Programme pack, YAML.", "项目文件，YAML。", name: "pack", entry: .file)
    ]

    package let text: String
    package let fileName: String?

    package init(text: String, fileName: String? = nil) {
        self.text = text
        self.fileName = fileName
    }
}

/// Releases a version: new cases use it, and it never changes again.
package struct ReleaseProgramme: Command {
    package typealias Reply = ProgrammeView
    package static let name = "programme.release"
    package static let summary = Phrase(
        "Releases a version that another added: new cases use it, and it never changes again.",
        "发布他人新增的版本：新案件据此办理，此后不再改动。")
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/programmes/{programme}/release")
    package static let governsAll = true

    package let programme: String
    package let version: Int

    package init(programme: String, version: Int) {
        self.programme = programme
        self.version = version
    }
}

package struct RetireProgramme: Command {
    package typealias Reply = ProgrammeView
    package static let name = "programme.retire"
    package static let summary = Phrase("Retires a version: no new cases.", "停用版本：不再受理新案件。")
    package static let permission = Permission.manageProgrammes
    package static let route = Route.post("/v1/programmes/{programme}/retire")
    package static let governsAll = true

    package let programme: String
    package let version: Int

    package init(programme: String, version: Int) {
        self.programme = programme
        self.version = version
    }
}

package struct ListProgrammes: Query {
    package typealias Reply = Page<ProgrammeView>
    package static let name = "programme.list"
    package static let summary = Phrase("Lists programmes, each by its newest version.", "列出各项目的最新版本。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/programmes")

    package init() {}
}

package struct ShowProgramme: Query {
    package typealias Reply = ProgrammeView
    package static let name = "programme.show"
    package static let summary = Phrase("Shows a programme with its text.", "查看项目及其全文。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/programmes/{programme}")

    package let programme: String
    package let version: Int?

    package init(programme: String, version: Int? = nil) {
        self.programme = programme
        self.version = version
    }
}

/// What is wrong with a programme pack.
package struct PackReport: Codable, Sendable {
    package var valid: Bool
    package var programme: String?
    package var version: Int?
    package var problems: [PackProblem]
    /// Where a case may come to something that can't be said: to be looked at, no faults.
    package var warnings: [PackProblem]

    package init(
        valid: Bool, programme: String? = nil, version: Int? = nil, problems: [PackProblem],
        warnings: [PackProblem] = []
    ) {
        self.warnings = warnings
        self.valid = valid
        self.programme = programme
        self.version = version
        self.problems = problems
    }
}

/// A fault in a pack, by place.
package struct PackProblem: Codable, Sendable {
    package var line: Int
    package var column: Int
    package var reason: Phrase

    package init(line: Int, column: Int, reason: Phrase) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// As compilers write it: file, line, column.
    package func placed(in file: String) -> Phrase {
        Phrase("\(file):\(line):\(column): \(reason.en)", "\(file):\(line):\(column): \(reason.zh)")
    }
}

/// A version of a relief programme.
package struct ProgrammeView: Codable, Sendable {
    package var programme: String
    package var version: Int
    package var title: String
    package var kind: String
    package var state: ProgrammeState
    /// SHA-256 of the text, hexadecimal.
    package var digest: String
    package var steps: [String]
    /// The document it carries out.
    package var source: String
    package var addedBy: String?
    package var releasedAt: Date?
    package var releasedBy: String?
    /// Only where one programme is shown.
    package var text: String?
    /// Where its cases may come to something that can't be said; told when it is added.
    package var warnings: [Phrase]?

    package init(
        programme: String, version: Int, title: String, kind: String, state: ProgrammeState, digest: String,
        steps: [String], source: String, addedBy: String? = nil, releasedAt: Date? = nil, releasedBy: String? = nil,
        text: String? = nil
    ) {
        self.releasedBy = releasedBy
        self.programme = programme
        self.version = version
        self.title = title
        self.kind = kind
        self.state = state
        self.digest = digest
        self.steps = steps
        self.source = source
        self.addedBy = addedBy
        self.releasedAt = releasedAt
        self.text = text
    }
}
