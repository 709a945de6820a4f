import ArgumentParser
import BankFiles
import Output

/// Takes the files that are there, and those that come.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take payment files and answer them, and do what has fallen due.",
        discussion: """
            Rules stand one a line, MATCH -> BEHAVIOUR; the first that fits decides.
            Without one a payment is booked.

              account 7430 -> reject AC04      account number ends so
              name 张三 -> return AC04 after 3  booked, comes back in 3 days
              reference RUN-7- -> silent       no answer until told to
              any -> late 2                    pending, booked in 2 days
              share 5 -> wrong-amount          5 in 100, chosen by --seed

            Others: book, twice (results delivered twice), partial (booked without
            an answer), return CODE (booked, and back at once).
            """)

    @OptionGroup var options: Options

    @Flag(help: "Handle what is there and exit.")
    var once = false

    func run() async throws {
        guard !once else { return try options.withBank { try $0.work() } }
        let exchange = try Exchange(directory: options.dir)
        let wakeups = try Wakeups(directories: [exchange.directory, exchange.path(.toBank)])
        defer { withExtendedLifetime(wakeups) {} }
        Standard.say("watching \(exchange.path(.toBank))")
        for await _ in wakeups.stream {
            try options.withBank { try $0.work() }
            // Not amid the bank's work, which is done whole.
            try Standard.told()
            try Standard.stillRead()
        }
    }
}

/// Sends a booked payment back.
struct Return: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Return a booked payment (退汇).")

    @OptionGroup var options: Options

    @Option(help: "EndToEndId of the payment.")
    var reference: String

    @Option(help: "Reason code, as AC04.")
    var reason: String = "AC04"

    func run() throws {
        try options.withBank { try $0.giveBack(reference, reason: ReasonCode(rawValue: reason)) }
    }
}

/// Answers a payment that was kept silent.
struct Answer: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Answer a payment that got no answer: book or refuse it.")

    @OptionGroup var options: Options

    @Option(help: "EndToEndId of the payment.")
    var reference: String

    @Option(help: "Refuse it for this reason code; without, it is booked.")
    var reason: String?

    func run() throws {
        try options.withBank { try $0.answer(reference, reason: reason.map(ReasonCode.init(rawValue:))) }
    }
}

/// Shows the bank's books.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show how many payments stand where, and what is due.")

    @OptionGroup var options: Options

    func run() throws {
        try options.withBank { $0.showStatus() }
    }
}
