import FoundationEssentials
import Postgres

/// Queues whose jobs are limited over all engines together: how many run at once, how many start in a period.
///
/// An engine asks before it claims from such a queue, claims no more than it may start at once, and says how many jobs it
/// has at hand whenever that has changed. Other queues pay nothing for it.
extension Engine {
    /// Learns which queues are limited, when that may have changed, and lets those go on whose rate allows a start by now.
    func lookAtLimits(_ control: Connection, _ now: Date) async throws {
        if work.lookAtLimits {
            let rows = try await control.query(
                "SELECT name FROM jobs.queue WHERE max_running IS NOT NULL OR rate_count IS NOT NULL")
            let limited = Set(try rows.map { try $0["name"] as String })
            work.lookAtLimits = false
            for name in work.queues.keys {
                let isLimited = limited.contains(name)
                work.queues[name]?.isLimited = isLimited
                // Whether the database knows what is at hand depends on what was limited until now.
                work.queues[name]?.held = nil
                // The rate may have been changed, the clock put back: the next claim asks again.
                work.queues[name]?.notBefore = nil
            }
        }
        for (name, queue) in work.queues where queue.isLimited {
            if let time = queue.notBefore, time <= now {
                work.queues[name]?.notBefore = nil
                work.queues[name]?.look = true
                work.lookForSuspects = true
            }
            // What ended here makes room for others, and we are the first to know.
            if let held = queue.held, work.atHand(in: queue) < held {
                work.queues[name]?.look = true
                work.lookForSuspects = true
            }
        }
    }

    /// Claims what the queue's limits allow.
    func claimWithinLimits(
        _ name: String, _ room: Int, _ lease: Lease, _ control: Connection, _ now: Date, _ leaseNow: Date
    ) async throws {
        guard work.queues[name]?.notBefore == nil else { return }
        let (admission, claims): (Admission, [Claim])
        do {
            (admission, claims) = try await admitted(.ordinary, name, room, lease, control, now, leaseNow)
        } catch let error as PostgresError where error.isLockTimeout {
            // Somebody is at its limits, in an open transaction: the other queues needn't wait.
            lookLater(name)
            return
        }
        hold(claims, of: name)
        // Refused by the number that runs, we are told when there are fewer; by the rate, we ask again until it says when.
        if claims.count == admission.starts, admission.starts > 0, admission.starts == room || admission.isRated {
            work.queues[name]?.look = true
        }
    }

    /// Claims within limits, and takes in what they say. Never from a cursor: such queues are slow by nature.
    func admitted(
        _ sort: Claim.Sort, _ name: String, _ room: Int, _ lease: Lease, _ control: Connection, _ now: Date,
        _ leaseNow: Date
    ) async throws -> (Admission, claims: [Claim]) {
        let mine = work.queues[name].map(work.atHand) ?? 0
        // Whether the database heard of it is not known if the answer is lost.
        work.queues[name]?.held = nil
        let (admission, claims) = try await Claim.take(
            sort, within: name, atHand: mine, room: room, registry: registry, lease: lease, now: now,
            leaseNow: leaseNow, in: control)
        work.queues[name]?.held = mine + claims.count
        work.queues[name]?.notBefore = admission.nextStart
        return (admission, claims)
    }

    /// Looks at a queue again at ever longer intervals.
    func lookLater(_ name: String) {
        if work.queues[name]?.aftercare == nil {
            work.queues[name]?.aftercare = Aftercare(now: .now, until: settings.fallbackTick)
        }
    }

    /// Says how many jobs of limited queues are at hand where the database thinks otherwise.
    func giveBack(_ control: Connection, _ now: Date) async throws {
        guard let engine = lease?.engine else { return }
        for (name, queue) in work.queues where queue.isLimited {
            let mine = work.atHand(in: queue)
            guard queue.held != mine else { continue }
            do {
                try await control.execute("SELECT jobs.hold(\(name), \(engine), \(mine)::int, 0, \(now))")
                work.queues[name]?.held = mine
            } catch let error as PostgresError where error.isLockTimeout {
                lookLater(name)
            }
        }
    }
}

/// What the limits of a queue say to an engine that wants to start some of its jobs.
struct Admission {
    let starts: Int
    let isRated: Bool
    /// When the rate will allow a start, where it allows none.
    let nextStart: Date?
}

extension Claim {
    /// Claims from a limited queue, in one statement: is admitted, claims no more than that, and writes down what it has.
    static func take(
        _ sort: Sort, within queue: String, atHand: Int, room: Int, registry: Registry, lease: Lease, now: Date,
        leaseNow: Date, in session: some Session
    ) async throws -> (Admission, claims: [Claim]) {
        let claiming = claiming(
            sort, queue, room: "(SELECT starts FROM admission)", Cursor(), registry, lease, now)
        let rows = try await session.query(
            """
            WITH \(mine(lease, leaseNow)), admission AS MATERIALIZED (
                SELECT * FROM jobs.admit(\(queue), \(lease.engine), \(atHand)::int, \(room)::int, \(now))
            ), claimed AS (\(claiming)), held AS MATERIALIZED (
                SELECT jobs.hold(\(queue), \(lease.engine), \(atHand)::int + started, started, \(now))::text
                  FROM (SELECT count(*)::int AS started FROM claimed) AS claimed
            )
            SELECT claimed.*, admission.*, EXISTS (SELECT FROM jobs.queue WHERE name = \(queue) AND rate_count IS NOT NULL) AS is_rated
              FROM admission CROSS JOIN held LEFT JOIN claimed ON true
            """)
        guard let first = rows.first else { return (Admission(starts: 0, isRated: false, nextStart: nil), []) }
        let admission = Admission(
            starts: try first["starts"], isRated: try first["is_rated"], nextStart: try first["next_start"])
        let claimed = try rows.filter { try $0["id"] as Int64? != nil }
        return (admission, try read(claimed, sort, queue: queue, lease: lease, now: now))
    }
}
