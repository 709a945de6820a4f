import CoreMetrics
import Synchronization

/// The numbers behind one set of labels: a count, a level, or a distribution.
final class Series: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    /// What kind of metric it belongs to.
    enum Kind: Equatable {
        case counter, gauge
        /// Upper bounds of its buckets.
        case histogram([Double])

        var typeName: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    /// Bounds for durations, in seconds.
    static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
    /// Bounds for sizes and counts.
    static let sizes = [1.0, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000]

    private struct Numbers {
        var value = 0.0
        var count = 0
        var buckets: [Int]
    }

    private let kind: Kind
    private let numbers: Mutex<Numbers>

    init(_ kind: Kind) {
        self.kind = kind
        let size = if case .histogram(let bounds) = kind { bounds.count } else { 0 }
        numbers = Mutex(Numbers(buckets: Array(repeating: 0, count: size)))
    }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { numbers.withLock { $0.value += amount } }
    func decrement(by amount: Double) { numbers.withLock { $0.value -= amount } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { numbers.withLock { $0.value = value } }
    func reset() { numbers.withLock { $0 = Numbers(buckets: $0.buckets.map { _ in 0 }) } }
    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        guard case .histogram(let bounds) = kind else { return set(value) }
        numbers.withLock { numbers in
            numbers.value += value
            numbers.count += 1
            if let place = bounds.firstIndex(where: { value <= $0 }) { numbers.buckets[place] += 1 }
        }
    }

    /// Appends the lines of this series.
    func write(_ name: String, _ labels: [Label], to text: inout String) {
        let now = numbers.withLock { $0 }
        let shown = labels.map(\.text)
        func line(_ suffix: String, _ labels: [String], _ value: String) {
            text += name + suffix + (labels.isEmpty ? "" : "{" + labels.joined(separator: ",") + "}") + " \(value)\n"
        }
        guard case .histogram(let bounds) = kind else { return line("", shown, Self.number(now.value)) }
        var sum = 0
        for (bound, count) in zip(bounds, now.buckets) {
            sum += count
            line("_bucket", shown + ["le=\"\(Self.number(bound))\""], String(sum))
        }
        line("_bucket", shown + ["le=\"+Inf\""], String(now.count))
        line("_sum", shown, Self.number(now.value))
        line("_count", shown, String(now.count))
    }

    private static func number(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let rounded = value.rounded()
        return rounded == value && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
