import Postgres
import Schema
public import Testing

/// Gives each test a database of its own, and when the test has ended asks all `sql/checks` about it, and each leaf of its
/// commands what it tells.
public struct DatabaseTrait: SuiteTrait, TestTrait, TestScoping {
    let isMigrated: Bool
    let isChecked: Bool

    public var isRecursive: Bool { true }

    @concurrent
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        guard testCase != nil, Database.bound == nil else { return try await function() }
        let database = try await Database.create(from: isMigrated ? SharedCluster.template.value : "template0")
        do {
            try await Database.$bound.withValue(database) { try await function() }
            if isChecked { try await check(database, after: test) }
        } catch {
            try? await database.drop()
            throw error
        }
        try await database.drop()
    }

    private func check(_ database: Database, after test: Test) async throws {
        let connection = try await Connection.open(database.superuserSettings, logger: quiet)
        for violation in try await Schema.violations(on: connection) {
            Issue.record("\(violation)", sourceLocation: test.sourceLocation)
        }
        // G9: whatever a command changed, its leaf says it: field, old and new, or where there were too many rows how many.
        let silent = try await connection.query(
            """
            SELECT doc::text AS leaf FROM audit.event, LATERAL (SELECT convert_from(leaf, 'UTF8')::jsonb AS doc) AS told
            WHERE doc ->> 'v' = '2' AND NOT doc ? 'refused' AND command NOT LIKE 'test.%' AND NOT doc ? 'unlisted'
              AND jsonb_array_length(doc -> 'changes') = 0 AND (doc #>> '{rows,count}' <> '0' OR doc -> 'facts' = '{}')
            """)
        for row in silent {
            Issue.record("a leaf says nothing: \(try row["leaf"] as String)", sourceLocation: test.sourceLocation)
        }
        await connection.close()
    }
}

extension Trait where Self == DatabaseTrait {
    /// A migrated database, in which the test may leave nothing that a check of `sql/checks` would find.
    package static var database: Self { .database(isChecked: true) }

    /// As `.database`; a test that breaks a law on purpose passes false.
    package static func database(isChecked: Bool) -> Self { DatabaseTrait(isMigrated: true, isChecked: isChecked) }

    /// A database with nothing in it.
    public static var emptyDatabase: Self { DatabaseTrait(isMigrated: false, isChecked: false) }
}
