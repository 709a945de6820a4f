import ArgumentParser
import Contract

struct JobNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Jobs of the daemon.",
        subcommands: [List.self, Show.self, Retry.self, Cancel.self])
}

extension JobNoun {
    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var state: JobState?
        @Option var kind: String?
        @Option var queue: String?
        @Option var limit: Int?
        @Option var cursor: String?

        func operation() -> ListJobs {
            ListJobs(state: state, kind: kind, queue: queue, limit: limit, cursor: cursor)
        }
    }

    struct Show: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var job: Int64

        func operation() -> ShowJob {
            ShowJob(job: job)
        }
    }

    struct Retry: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var job: Int64

        func operation() -> RetryJob {
            RetryJob(job: job)
        }
    }

    struct Cancel: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var job: Int64
        @Option var reason: String

        func operation() -> CancelJob {
            CancelJob(job: job, reason: reason)
        }
    }
}

struct QueueNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Queues of jobs.", subcommands: [Pause.self, Resume.self, List.self])
}

extension QueueNoun {
    struct Pause: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var queue: String

        func operation() -> PauseQueue {
            PauseQueue(queue: queue)
        }
    }

    struct Resume: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var queue: String

        func operation() -> ResumeQueue {
            ResumeQueue(queue: queue)
        }
    }

    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> ListQueues {
            ListQueues()
        }
    }
}

struct ScheduleNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "What runs by the clock.", subcommands: [List.self])
}

extension ScheduleNoun {
    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions

        func operation() -> ListSchedules {
            ListSchedules()
        }
    }
}
