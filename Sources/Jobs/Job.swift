public import FoundationEssentials

/// A piece of work that outlives the process which asked for it: a small Codable value with a static name.
///
/// The value is stored as JSON with its kind and version; it should name rows, not carry them (16 kB at most).
public protocol Job: Codable, Sendable {
    /// The stored name, `noun.verb`; it never changes once jobs of it were enqueued.
    static var kind: String { get }
    /// The shape of the stored value. An engine claims versions up to the one it knows, so that daemons of two releases
    /// can run side by side.
    static var version: Int { get }
    static var policy: JobPolicy { get }
    /// Reads a stored value of an earlier version.
    static func decode(older args: Data, version: Int) throws -> Self
}

extension Job {
    public static var version: Int { 1 }
    public static var policy: JobPolicy { JobPolicy() }

    public static func decode(older args: Data, version: Int) throws -> Self {
        try JobCoding.decoder.decode(Self.self, from: args)
    }
}

extension Job {
    /// Reads a stored value of any version up to this one.
    static func read(_ args: Data, version: Int, with decoder: JSONDecoder = JobCoding.decoder) throws -> Self {
        try version < Self.version ? decode(older: args, version: version) : decoder.decode(Self.self, from: args)
    }
}

/// A job whose effect lies in this database. It knows by itself what to do; a job that needs a gateway is registered with
/// a closure instead.
public protocol RunnableJob: Job {
    /// Does the work in the context's transaction, in which the job is also finished: both commit, or neither does.
    func run(in context: JobContext) async throws -> JobOutcome
}

/// A job whose effect lies outside of this database: a file, a message, a call of another system.
///
/// No transaction is open while it runs, and completions are written in batches. An attempt can be lost after its effect
/// and before its completion; what then happens is said by `isRepeatable`.
public protocol OutsideJob: Job {
    /// Whether the effect may happen again: it is idempotent, or the other side recognises the context's `key`.
    ///
    /// If it may not, the beginning of each attempt is recorded before the effect, and an attempt of which nobody knows how
    /// it ended is not repeated: the job is in doubt until a person says what happened (`JobsOverview.resolve`).
    static var isRepeatable: Bool { get }
    func run(outside context: OutsideContext) async throws -> JobOutcome
}

extension OutsideJob {
    public static var isRepeatable: Bool { true }
}

/// What becomes of a job whose handler returned. In each case its transaction commits.
public enum JobOutcome: Sendable, Equatable {
    case done
    /// Run it again at this time; the attempt isn't counted.
    case snooze(until: Date)
    /// It isn't wanted any more.
    case cancel(reason: String)
}

/// Thrown by a handler that sees no use in another attempt: its transaction rolls back, the job becomes a dead letter.
public struct Discard: Error, CustomStringConvertible {
    public let reason: String

    public init(_ reason: String) {
        self.reason = reason
    }

    public var description: String { reason }
}

/// Thrown by the handler of a job that isn't repeatable, when it knows that its effect did not happen: the job may be
/// tried again. Any other error leaves the job in doubt.
public struct NothingHappened: Error, CustomStringConvertible {
    public let description: String

    public init(_ reason: String) {
        description = reason
    }
}

/// How jobs of a kind are treated, unless the one who enqueues says otherwise.
public struct JobPolicy: Sendable {
    public var queue: String
    /// 0 (first) to 1000 (last).
    public var priority: Int
    /// Attempts are counted when they begin, so that a job which ends its process is not tried for ever.
    public var maxAttempts: Int
    public var backoff: Backoff
    /// The time after which a running attempt is cancelled, and a little later given up. nil: none.
    public var timeout: Duration?

    public init(
        queue: String = "default", priority: Int = 100, maxAttempts: Int = 20, backoff: Backoff = Backoff(),
        timeout: Duration? = .seconds(300)
    ) {
        self.queue = queue
        self.priority = priority
        self.maxAttempts = maxAttempts
        self.backoff = backoff
        self.timeout = timeout
    }
}

/// The number of a job, for its whole life.
public struct JobID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public let rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    public static func < (left: JobID, right: JobID) -> Bool { left.rawValue < right.rawValue }
    public var description: String { String(rawValue) }
}

/// The JSON of stored jobs: sorted keys, instants as seconds since 1970.
enum JobCoding {
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .secondsSince1970
        return encoder
    }

    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        return decoder
    }
}
