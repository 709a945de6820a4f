/// How long a queue's jobs take, as of late: what an engine claims ahead by.
struct Pace: Sendable {
    private var seconds: Double?

    /// Takes in how long some jobs took, in seconds of a worker's time each.
    mutating func note(_ durations: some Collection<Double>) {
        guard !durations.isEmpty else { return }
        let mean = durations.reduce(0, +) / Double(durations.count)
        // The slow ones count at once, the fast ones little by little.
        seconds = seconds.map { mean > $0 ? mean : $0 * 0.7 + mean * 0.3 } ?? mean
    }

    /// How many jobs one worker does in such a time; 0 while nothing is known.
    func jobs(within time: Double) -> Int {
        seconds.map { Int(min(time / max($0, 1e-6), 100_000)) } ?? 0
    }
}
