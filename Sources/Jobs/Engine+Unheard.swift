import FoundationEssentials
import Logging
import Postgres

extension Engine {
    /// Hands back what a claim took whose answer was lost. The rows say that they are ours, nobody here knows of them, and
    /// as long as this engine lives no rescuer would take them.
    ///
    /// So are the runs that were dropped while the database was away; where their effect can't be repeated, they are in
    /// doubt. A claim that the server was still at is waited for: it holds the engine's row. One that it had not begun with
    /// is found a tick later.
    func handBackUnheard(_ control: Connection, _ now: Date) async throws {
        guard work.unheardClaims > 0, let lease else { return }
        let back = try await lease.handBack(but: work.held, now: now, in: control)
        tell(back, "A job was handed back whose run was lost with the connection.", EngineEvent.released)
        work.unheardClaims -= 1
    }

    /// Tells what became of jobs that were taken from an engine; the event is for those that may run again.
    func tell(_ taken: [Lease.TakenBack], _ message: Logger.Message, _ event: (JobID) -> EngineEvent) {
        for job in taken {
            logger.warning(message, metadata: ["job.id": "\(job.id)", "job.state": "\(job.state)"])
            switch job.state {
            case "dead": say(.died(job.id))
            case "in_doubt": say(.doubted(job.id))
            case "cancelled": say(.cancelled(job.id))
            default: say(event(job.id))
            }
        }
    }
}
