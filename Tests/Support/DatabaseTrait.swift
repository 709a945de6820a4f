import Postgres
import Schema
public import Testing

/// Gives each test a database of its own, and asks all `sql/checks` about it when the test has ended.
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
