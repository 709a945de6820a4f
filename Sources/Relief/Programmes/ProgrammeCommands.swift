package import Contract
import FoundationEssentials
import Postgres

extension CheckProgramme: Answerable {
    package func answer(in context: QueryContext) async throws -> PackReport {
        do {
            let pack = try Pack.load(text)
            return PackReport(
                valid: true, programme: pack.programme, version: pack.version, problems: [],
                warnings: pack.warnings + (try await Programmes.unregistered(pack, in: context)))
        } catch let error as PackProblems {
            return PackReport(valid: false, problems: error.problems)
        }
    }
}

extension AddProgramme: Executable {
    package func execute(in context: CommandContext) async throws -> ProgrammeView {
        let pack: Pack
        do {
            pack = try Pack.load(text)
        } catch let error as PackProblems {
            let name = fileName ?? "pack"
            throw Refusal.invalid(
                Phrase(
                    "The pack can't be used as it is; mend what is listed and add it again.",
                    "方案文件有误；请按所列各处修改后重新添加。"), field: "text",
                details: error.problems.map { $0.placed(in: name) })
        }
        let digest = Programmes.digest(of: text)
        let bands = try JSON.encode(pack.steps.first { $0.kind == .approve }?.bands ?? [])
        do {
            try await context.transaction.execute(
                """
                INSERT INTO relief.programme_version
                  (id, programme, version, title, kind, pack, digest, needs_archive, has_notice, bands, state, added_by,
                   added_at)
                VALUES (\(UUID()), \(pack.programme), \(pack.version), \(pack.title), \(pack.kind.rawValue), \(text),
                        \(digest), \(pack.archiveWaived == nil), \(pack.steps.contains { $0.kind == .notice }),
                        \(String(decoding: bands, as: UTF8.self))::text::jsonb, 'draft', \(context.principal.user),
                        \(context.now))
                """)
        } catch let error as PostgresError where error.constraint == "programme_version_programme_version_key" {
            throw Refusal.conflict(
                Phrase(
                    "Programme \(pack.programme) has a version \(pack.version) already: a change takes a new number.",
                    "项目 \(pack.programme) 已有版本 \(pack.version)：改动须用新的版本号。"),
                field: "version")
        }
        context.concerns(pack.programme)
        context.note("version", .int(Int64(pack.version)))
        context.note("digest", .string(digest))
        var view = try await Programmes.view(pack.programme, pack.version, in: context)
        let warnings = pack.warnings + (try await Programmes.unregistered(pack, in: context))
        view.warnings = warnings.map { $0.placed(in: fileName ?? "pack") }
        return view
    }
}

extension ReleaseProgramme: Executable {
    package func execute(in context: CommandContext) async throws -> ProgrammeView {
        let before = try await Programmes.view(programme, version, in: context)
        guard before.state == .draft else {
            throw Refusal.conflict(
                Phrase(
                    "Version \(version) of \(programme) is \(before.state.rawValue) already.",
                    "\(programme) 的版本 \(version) 目前为“\(before.state.title.zh)”。"), field: "version")
        }
        let pack = try await Programmes.find(programme, version, in: context)?.pack
        let missing = if let pack { try await Programmes.unregistered(pack, in: context) } else { [PackProblem]() }
        guard missing.isEmpty else {
            throw Refusal.conflict(
                Phrase(
                    "Version \(version) of \(programme) reads figures that the register doesn't have.",
                    "\(programme) 第\(version)版引用了登记表中没有的标准。"), field: "version",
                details: missing.map(\.reason))
        }
        try await context.transaction.execute(
            """
            UPDATE relief.programme_version SET state = 'retired' WHERE programme = \(programme) AND state = 'released'
            """)
        try await context.transaction.execute(
            """
            UPDATE relief.programme_version
            SET state = 'released', released_by = \(context.principal.user), released_at = \(context.now)
            WHERE programme = \(programme) AND version = \(version)
            """)
        context.concerns(programme)
        context.note("version", .int(Int64(version)))
        context.note("digest", .string(before.digest))
        return try await Programmes.view(programme, version, in: context)
    }
}

extension RetireProgramme: Executable {
    package func execute(in context: CommandContext) async throws -> ProgrammeView {
        let before = try await Programmes.view(programme, version, in: context)
        guard before.state == .released else {
            throw Refusal.conflict(
                Phrase(
                    "Version \(version) of \(programme) is \(before.state.rawValue): only a released one is retired.",
                    "\(programme) 的版本 \(version) 目前为“\(before.state.title.zh)”：只有已发布的才能停用。"),
                field: "version")
        }
        try await context.transaction.execute(
            """
            UPDATE relief.programme_version SET state = 'retired' WHERE programme = \(programme) AND version = \(version)
            """)
        context.concerns(programme)
        context.note("version", .int(Int64(version)))
        return try await Programmes.view(programme, version, in: context)
    }
}

extension ListProgrammes: Answerable {
    package func answer(in context: QueryContext) async throws -> Page<ProgrammeView> {
        let rows = try await context.transaction.query(
            """
            SELECT DISTINCT ON (v.programme) \(Programmes.columns) FROM relief.programme_version v
            ORDER BY v.programme, v.state <> 'released', v.version DESC
            """)
        return Page(items: try rows.map { try Programmes.view($0, withText: false) })
    }
}

extension ShowProgramme: Answerable {
    package func answer(in context: QueryContext) async throws -> ProgrammeView {
        if let version { return try await Programmes.view(programme, version, in: context) }
        let row = try await context.transaction.first(
            """
            SELECT \(Programmes.columns) FROM relief.programme_version v WHERE v.programme = \(programme)
            ORDER BY v.state <> 'released', v.version DESC LIMIT 1
            """)
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no programme \(programme); see relief programme list.",
                    "没有项目 \(programme)；见 relief programme list。"), field: "programme")
        }
        return try Programmes.view(row, withText: true)
    }
}
