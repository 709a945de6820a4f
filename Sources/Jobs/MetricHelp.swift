/// What each figure of the engine says, in a sentence for those who read it on a board.
package enum JobMetricHelp {
    package static let texts: [String: String] = [
        JobMetrics.depth: "Jobs that could run now and have not started, by queue.",
        JobMetrics.oldest: "Seconds for which the job that waits longest could have run, by queue.",
        JobMetrics.running: "Jobs that run in this daemon.",
        JobMetrics.ended: "Jobs that ended in this daemon, by kind and outcome.",
        JobMetrics.delay: "Seconds from when a job was due to its start, by queue.",
        JobMetrics.duration: "Seconds that an attempt took, by kind.",
        JobMetrics.attempts: "Attempts that began in this daemon, by kind and queue.",
        JobMetrics.rescued: "Jobs that this daemon took over from engines that went quiet.",
        JobMetrics.fired: "Jobs made by schedules in this daemon, by schedule.",
        StandingFigures.dead: "Jobs that failed for good and wait for a person, by kind.",
        StandingFigures.inDoubt: "Jobs of which nobody knows whether their effect happened, by kind.",
        StandingFigures.oldestDead: "Seconds since the end of the oldest job that waits for a person; 0: none.",
        StandingFigures.queuePaused: "1 while a queue is paused.",
        StandingFigures.schedulePaused: "1 while a schedule is paused.",
        StandingFigures.late: "Seconds by which a schedule is late; 0 while it is on time or paused.",
        StandingFigures.engines: "Engines with a lease, over all daemons.",
        StandingFigures.unserved: "Jobs that could run and that no engine serves or knows, by queue.",
        StandingFigures.seen: "When this daemon last saw what stands in the database, in seconds since 1970.",
    ]
}
