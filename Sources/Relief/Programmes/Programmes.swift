package import Contract
import Crypto
package import FoundationEssentials
import Postgres
import Synchronization

/// A version of a programme as it stands in the database.
package struct ProgrammeVersion: Sendable {
    package let id: UUID
    package let pack: Pack
    package let digest: String
}

/// Relief measures: their packs, versions and release.
package enum Programmes {
    /// The version that new cases follow.
    static func released(_ programme: String, in context: some OperationContext) async throws -> ProgrammeVersion {
        guard
            let row = try await context.transaction.first(
                """
                SELECT id, pack, digest FROM relief.programme_version
                WHERE programme = \(programme) AND state = 'released'
                """)
        else {
            throw Refusal.notFound(
                Phrase(
                    "No version of programme \(programme) is released; see relief programme list.",
                    "项目 \(programme) 没有已发布的版本；见 relief programme list。"), field: "programme")
        }
        return try version(row)
    }

    /// The version that a case was opened under, whatever became of it since.
    static func version(_ id: UUID, in context: some OperationContext) async throws -> ProgrammeVersion {
        try version(
            try await context.transaction.one("SELECT id, pack, digest FROM relief.programme_version WHERE id = \(id)"))
    }

    /// A version by its number.
    static func find(_ programme: String, _ number: Int, in context: some OperationContext) async throws
        -> ProgrammeVersion?
    {
        try await context.transaction.first(
            """
            SELECT id, pack, digest FROM relief.programme_version WHERE programme = \(programme) AND version = \(number)
            """
        ).map(version)
    }

    private static func version(_ row: Row) throws -> ProgrammeVersion {
        let digest: String = try row["digest"]
        return ProgrammeVersion(id: try row["id"], pack: try loaded(row["pack"], digest: digest), digest: digest)
    }

    /// Packs by their digest: the text of a digest never changes, so a pack is read once.
    private static let packs = Mutex<[String: Pack]>([:])

    private static func loaded(_ text: String, digest: String) throws -> Pack {
        if let pack = packs.withLock({ $0[digest] }) { return pack }
        let pack = try Pack.load(text, isKept: true)
        packs.withLock { $0[digest] = pack }
        return pack
    }

    /// The figures that a pack refers to and the register doesn't have.
    static func unregistered(_ pack: Pack, in context: some OperationContext) async throws -> [PackProblem] {
        try await Figures.missing(of: pack.parameters, in: context).map { name in
            let reason = Phrase(
                "the register has no figure \(name): enter it (relief parameter define --name \(name) --kind … --title …)",
                "登记表中没有标准 \(name)：请登记（relief parameter define --name \(name) --kind … --title …）")
            return PackProblem(line: pack.parameterLines[name] ?? 1, column: 1, reason: reason)
        }
    }

    static func digest(of text: String) -> String {
        Hex.encode(SHA256.hash(data: Array(text.utf8)))
    }

    static let columns: SQL = """
        v.id, v.programme, v.version, v.title, v.kind, v.pack, v.digest, v.state, v.released_at,
        (SELECT u.login FROM relief.app_user u WHERE u.id = v.added_by) AS added_by,
        (SELECT u.login FROM relief.app_user u WHERE u.id = v.released_by) AS released_by
        """

    static func view(_ row: Row, withText: Bool) throws -> ProgrammeView {
        let pack = try loaded(row["pack"], digest: row["digest"])
        return ProgrammeView(
            programme: pack.programme, version: pack.version, title: pack.title, kind: pack.kind.rawValue,
            state: try row["state"], digest: try row["digest"], steps: pack.steps.map(\.title), source: pack.source,
            addedBy: try row["added_by"], releasedAt: try row["released_at"],
            releasedBy: try row["released_by"], text: withText ? try row["pack"] : nil)
    }

    static func view(_ programme: String, _ version: Int, in context: some OperationContext) async throws
        -> ProgrammeView
    {
        let row = try await context.transaction.first(
            """
            SELECT \(columns) FROM relief.programme_version v
            WHERE v.programme = \(programme) AND v.version = \(version)
            """)
        guard let row else {
            throw Refusal.notFound(
                Phrase(
                    "There is no version \(version) of programme \(programme); see relief programme list.",
                    "项目 \(programme) 没有版本 \(version)；见 relief programme list。"), field: "version"
            )
        }
        return try view(row, withText: true)
    }
}

extension ProgrammeState: ParameterEncodable, ColumnDecodable {}
