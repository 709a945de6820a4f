import FoundationEssentials

/// The kinds of job that a process can run, each with what to do.
public struct Registry: Sendable {
    struct Entry: Sendable {
        let kind: String
        let version: Int
        let policy: JobPolicy
        let handler: Handler
    }

    /// How a kind is run. The stored value is read in here, where its type is known.
    enum Handler: Sendable {
        case inTransaction(@Sendable (Claim, JobContext) async throws -> JobOutcome)
        case outside(isRepeatable: Bool, @Sendable (Claim, OutsideContext) async throws -> JobOutcome)
    }

    private(set) var entries: [String: Entry] = [:]

    /// Registers jobs that know by themselves what to do; all others follow by `register`.
    public init(_ types: any RunnableJob.Type...) {
        for type in types { register(type) }
    }

    public mutating func register<J: RunnableJob>(_ type: J.Type) {
        register(type) { job, context in try await job.run(in: context) }
    }

    public mutating func register<J: OutsideJob>(_ type: J.Type) {
        register(type, isRepeatable: J.isRepeatable) { job, context in try await job.run(outside: context) }
    }

    /// Registers what to do with jobs of a type. A kind is registered once: a second type of its name is a mistake.
    public mutating func register<J: Job>(
        _ type: J.Type, run: @escaping @Sendable (J, JobContext) async throws -> JobOutcome
    ) {
        let reader = Reader<J>()
        add(type, .inTransaction { claim, context in try await run(reader.read(claim), context) })
    }

    /// Registers what to do, outside of this database, with jobs of a type; see `OutsideJob`.
    public mutating func register<J: Job>(
        _ type: J.Type, isRepeatable: Bool,
        outside run: @escaping @Sendable (J, OutsideContext) async throws -> JobOutcome
    ) {
        let reader = Reader<J>()
        add(type, .outside(isRepeatable: isRepeatable) { claim, context in try await run(reader.read(claim), context) })
    }

    private mutating func add<J: Job>(_ type: J.Type, _ handler: Handler) {
        precondition(entries[J.kind] == nil, "Two job types are called \(J.kind).")
        entries[J.kind] = Entry(kind: J.kind, version: J.version, policy: J.policy, handler: handler)
    }

    public var kinds: [String] { entries.keys.sorted() }
}

/// Reads stored values of one type.
private struct Reader<J: Job>: Sendable {
    let decoder = JobCoding.decoder

    func read(_ claim: Claim) throws -> J {
        do {
            return try J.read(claim.args, version: claim.version, with: decoder)
        } catch {
            // The same bytes won't read better next time.
            throw Discard("The stored value of \(J.kind) version \(claim.version) can't be read: \(error)")
        }
    }
}
