import ArgumentParser
import Terminal

/// The simulated bank of demo, training and tests: payment files in a directory in, answers and bookings out.
@main
struct ReliefBanksim: Program {
    static let configuration = CommandConfiguration(
        commandName: "relief-banksim",
        abstract: "A simulated bank over a directory: takes DIR/to-bank, answers in DIR/from-bank.",
        discussion: """
            Payment files are pain.001 (*.xml) and 代发 text (*.txt); they appear by rename, names that begin with a \
            dot or end in .tmp are left alone. Answers are pain.002 or 代发 results, bookings and returns camt.054. \
            The bank's books are DIR/state.json; a restart loses and repeats nothing.

            Exit codes: 0 done, 64 the command line can't be read, 74 what was said, or a file, could not be written. What \
            was begun is carried through before it ends because nobody reads it.
            """,
        subcommands: [Run.self, Return.self, Answer.self, Status.self])

    static func main() async { await perform() }
}
