import Foundation

/// A line of the result: what is measured, beside what, and how good it has to be.
enum Row: String, CaseIterable {
    case noop
    case noop500 = "noop_500"
    case noop1000 = "noop_1000"
    case crowd = "noop_scheduled_1m"
    case crowdReference = "noop_scheduled_1m_reference"
    case pinned = "noop_pinned"
    case pinnedReference = "noop_pinned_reference"
    case effect
    case enqueueOne = "enqueue_1"
    case enqueueEight = "enqueue_8"
    case enqueueBatch = "enqueue_batch"
    case enqueueCopy = "enqueue_copy"
    case latencyMedian = "latency_p50_ms"
    case latency = "latency_ms"
    case memory = "memory_mb"
    case cpu = "cpu_us_per_job"
    case idleQueries = "idle_queries_per_minute"
    case idleLooks = "idle_looks_per_minute"
    case idleCPU = "idle_cpu_ms_per_s"
    case queries = "queries_per_job"
    case effectQueries = "effect_queries_per_job"

    var title: String {
        switch self {
        case .noop: "no-op jobs/s, batch 100 : reference engine in C"
        case .noop500: "no-op jobs/s, batch 500 : reference engine in C"
        case .noop1000: "no-op jobs/s, batch 1000 : reference engine in C"
        case .crowd: "no-op jobs/s in a crowd : without the crowd"
        case .crowdReference: "no-op jobs/s in a crowd : reference engine in C"
        case .pinned: "no-op jobs/s, pinned snapshot : without"
        case .pinnedReference: "no-op jobs/s, pinned snapshot : reference engine, pinned"
        case .effect: "jobs with a posting/s : pgbench, claim 20, post and finish each"
        case .enqueueOne: "enqueue/s, 1 client : pgbench, bare insert"
        case .enqueueEight: "enqueue/s, 8 clients : pgbench, bare insert"
        case .enqueueBatch: "enqueue rows/s, 1000 a statement : pgbench, unnest"
        case .enqueueCopy: "enqueue rows/s, 1000 a COPY : bare COPY"
        case .latencyMedian: "start of a job on an idle queue, p50, ms : libpq"
        case .latency: "start of a job on an idle queue, p99, ms : libpq"
        case .memory: "peak memory of the worker, MiB : reference engine"
        case .cpu: "processor time of the worker a job, µs : reference engine"
        case .idleQueries: "statements a minute of an idle engine"
        case .idleLooks: "looks a minute of an idle engine"
        case .idleCPU: "processor time of an idle engine, ms/s"
        case .queries: "statements for each no-op job, batch 100 : reference engine"
        case .effectQueries: "statements for each job with a posting, batch 20"
        }
    }

    /// What the ratio, or our own figure, has to reach.
    enum Bar {
        case ratioAtLeast(Double)
        case ratioAtMost(Double)
        case oursAtMost(Double)
    }

    var bar: Bar? {
        switch self {
        case .noop, .noop500, .noop1000, .crowdReference, .effect: .ratioAtLeast(0.8)
        case .crowd: .ratioAtLeast(0.9)
        case .pinned: .ratioAtLeast(0.3)
        case .latency: .ratioAtMost(2)
        case .memory: .oursAtMost(40)
        default: nil
        }
    }
}

/// What the rounds measured for each row.
struct Samples {
    struct Pair {
        let ours: Double
        let ceiling: Double?
    }

    private(set) var pairs: [Row: [Pair]] = [:]

    mutating func add(_ row: Row, _ ours: Double?, _ ceiling: Double?) {
        guard let ours else { return }
        pairs[row, default: []].append(Pair(ours: ours, ceiling: ceiling))
    }
}

/// The result of a bench: medians over the rounds; a ratio is the median of the rounds' ratios.
package struct Report: Sendable {
    struct Line: Sendable {
        let row: Row
        let ours: Double
        let ceiling: Double?
        let ratio: Double?

        /// nil where no bar is set.
        var isMet: Bool? {
            switch row.bar {
            case .ratioAtLeast(let bar): ratio.map { $0 >= bar }
            case .ratioAtMost(let bar): ratio.map { $0 <= bar }
            case .oursAtMost(let bar): ours <= bar
            case nil: nil
            }
        }
    }

    let lines: [Line]
    let options: JobsBench.Options
    let postgres: Int

    init(samples: Samples, options: JobsBench.Options, postgres: Int) {
        lines = Row.allCases.compactMap { row in
            guard let pairs = samples.pairs[row] else { return nil }
            let ceilings = pairs.compactMap(\.ceiling)
            let ratios = pairs.compactMap { pair in pair.ceiling.map { pair.ours / $0 } }
            return Line(
                row: row, ours: pairs.map(\.ours).median, ceiling: ceilings.isEmpty ? nil : ceilings.median,
                ratio: ratios.isEmpty ? nil : ratios.median)
        }
        self.options = options
        self.postgres = postgres
    }
}
