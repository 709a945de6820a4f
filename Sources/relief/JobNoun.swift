import ArgumentParser
import Client
import Contract

struct JobNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Jobs of the daemon.",
        subcommands: [
            List.self, Show.self, Tail.self, Retry.self, Resolve.self, Cancel.self, QueueNoun.Pause.self,
            QueueNoun.Resume.self,
        ])
}

/// Which jobs a verb is about.
struct JobFilter: ParsableArguments {
    @Option var state: JobState?
    @Option var kind: String?
    @Option var queue: String?
    @Option(help: ArgumentHelp("What they are about: case/NUMBER or run/NUMBER.", valueName: "what"))
    var subject: String?
}

extension JobNoun {
    struct List: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var filter: JobFilter
        @Option var limit: Int?
        @Option var cursor: String?

        func operation() -> ListJobs {
            ListJobs(
                state: filter.state, kind: filter.kind, queue: filter.queue, subject: filter.subject, limit: limit,
                cursor: cursor)
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
        static let operationNames = [RetryJob.name, RetryDeadJobs.name]
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var job: Int64?
        @Option(help: ArgumentHelp("All that failed for good, of this kind.", valueName: "kind")) var dead: String?

        func validate() throws {
            if (job == nil) == (dead == nil) { throw ValidationError("Name a job, or a kind with --dead.") }
        }

        func operation() -> RetryJob {
            RetryJob(job: job ?? 0)
        }

        func carryOut(with client: ReliefClient) async throws {
            guard let dead else {
                return try show(try await client.send(operation(), key: sent.key, dryRun: sent.dryRun))
            }
            try show(try await client.send(RetryDeadJobs(kind: dead), key: sent.key, dryRun: sent.dryRun))
        }
    }

    struct Resolve: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var job: Int64
        @Flag(help: "It happened: the job is done; or it did not: the job runs again.") var effect: Effect
        @Option(help: "How you know.") var reason: String

        enum Effect: EnumerableFlag {
            case happened, didNotHappen
        }

        func operation() -> ResolveJob {
            ResolveJob(job: job, happened: effect == .happened, reason: reason)
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
