import FoundationEssentials

/// The kinds of job that a process can run, each with what to do.
package struct Registry: Sendable {
    struct Entry: Sendable {
        let kind: String
        let version: Int
        let policy: JobPolicy
        let run: @Sendable (_ args: Data, _ version: Int, _ context: JobContext) async throws -> JobOutcome
    }

    private(set) var entries: [String: Entry] = [:]

    package init() {}

    package mutating func register<J: RunnableJob>(_ type: J.Type) {
        register(type) { job, context in try await job.run(in: context) }
    }

    /// Registers what to do with jobs of a type. A kind is registered once: a second type of its name is a mistake.
    package mutating func register<J: Job>(
        _ type: J.Type, run: @escaping @Sendable (J, JobContext) async throws -> JobOutcome
    ) {
        precondition(entries[J.kind] == nil, "Two job types are called \(J.kind).")
        entries[J.kind] = Entry(kind: J.kind, version: J.version, policy: J.policy) { args, version, context in
            let job: J
            do {
                job = try J.decode(args, version: version)
            } catch {
                // The same bytes won't read better next time.
                throw Discard("The stored value of \(J.kind) version \(version) can't be read: \(error)")
            }
            return try await run(job, context)
        }
    }

    package var kinds: [String] { entries.keys.sorted() }
}
