import ArgumentParser
import Contract

struct QueueNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Queues of jobs.",
        subcommands: [Pause.self, Resume.self, Limit.self, List.self])
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

    struct Limit: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var queue: String
        @Option(help: "Jobs that run at once, over all daemons. What isn't given isn't limited any more.")
        var running: Int?
        @Option(help: ArgumentHelp("Starts per second, minute, hour or day.", valueName: "10/minute"))
        var rate: String?
        @Flag(help: "Lift all limits.") var none = false

        func validate() throws {
            if none == (running != nil || rate != nil) {
                throw ValidationError("Give --running, --rate or both; or --none.")
            }
        }

        func operation() -> LimitQueue {
            LimitQueue(queue: queue, running: running, rate: rate)
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
