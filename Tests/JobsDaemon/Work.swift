import Dispatch
import Foundation
import Jobs
import Postgres
import Synchronization

/// The one kind of job that these daemons run. The tests write its rows themselves; its kind and shape are all they share.
struct Work: Job {
    static let kind = "daemon.work"
    static var policy: JobPolicy { JobPolicy(maxAttempts: 3, backoff: .constant(.seconds(10)), timeout: .seconds(60)) }
    /// `plain`, `poison` (ends its process), `block` (blocks its thread, in the process `blocked`).
    let deed: String

    init(_ firing: Firing) {
        deed = "plain"
    }

    /// A registry whose jobs, after so many, hang until their process ends.
    static func registry(name: String, runsBeforeHanging limit: Int) -> Registry {
        let begun = Mutex(0)
        var registry = Registry()
        registry.register(Work.self) { work, context in
            try await watch(context)
            try await context.transaction.execute(
                """
                INSERT INTO public.effect (job, attempt, note) VALUES (\(context.id.rawValue), \(context.attempt)::int, \(name))
                """)
            switch work.deed {
            case "poison": kill(getpid(), SIGKILL)
            case "block" where name == "blocked": block(context)
            default: break
            }
            let count = begun.withLock { count in
                count += 1
                return count
            }
            if limit >= 0, count > limit {
                JobsDaemon.say("!hangs \(context.id)")
                await withCheckedContinuation { (_: CheckedContinuation<Void, Never>) in }
            }
            return .done
        }
        return registry
    }

    /// Says so if the job runs at this moment in another process as well. The lock is its transaction's.
    private static func watch(_ context: JobContext) async throws {
        let id = context.id.rawValue
        if try await context.transaction.value("SELECT pg_try_advisory_xact_lock(42, \(id)::int)") { return }
        let holder = try await context.transaction.first(
            """
            SELECT application_name AS name FROM pg_locks JOIN pg_stat_activity USING (pid)
             WHERE locktype = 'advisory' AND classid = 42 AND objid = \(id)::bigint::oid AND granted
            """)
        if let holder { JobsDaemon.say("!twice \(id) \(try holder["name"] as String)") }
    }

    /// Waits without letting go of the thread, as a call into a C library may.
    private static func block(_ context: JobContext) {
        JobsDaemon.say("!blocks \(context.id)")
        while true { pause() }
    }
}
