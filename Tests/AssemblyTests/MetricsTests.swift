import CoreMetrics
import Testing

@testable import Assembly

/// The text that Prometheus scrapes.
struct MetricsTests {
    @Test func `counters, gauges and durations are written as Prometheus reads them`() {
        let metrics = PrometheusMetrics()
        Counter(label: "relief.done", dimensions: [("what", "a\"b\\c\nd")], factory: metrics).increment(by: 3)
        Gauge(label: "depth", dimensions: [], factory: metrics).record(1.5)
        let timer = CoreMetrics.Timer(label: "took_seconds", dimensions: [("b", "2"), ("a", "1")], factory: metrics)
        timer.recordNanoseconds(3_000_000)
        timer.recordNanoseconds(400_000_000_000)
        let lines = metrics.exposition().split(separator: "\n").map(String.init)
        #expect(lines.contains("# TYPE relief_done counter"))
        #expect(lines.contains(#"relief_done{what="a\"b\\c\nd"} 3"#))
        #expect(lines.contains("depth 1.5"))
        #expect(lines.contains(#"took_seconds_bucket{a="1",b="2",le="0.0025"} 0"#))
        #expect(lines.contains(#"took_seconds_bucket{a="1",b="2",le="0.005"} 1"#))
        #expect(lines.contains(#"took_seconds_bucket{a="1",b="2",le="300"} 1"#))
        #expect(lines.contains(#"took_seconds_bucket{a="1",b="2",le="+Inf"} 2"#))
        #expect(lines.contains(#"took_seconds_sum{a="1",b="2"} 400.003"#))
        #expect(lines.contains(#"took_seconds_count{a="1",b="2"} 2"#))
    }

    @Test func `no number of labels fills the memory`() {
        let metrics = PrometheusMetrics()
        for number in 0..<2_000 {
            Counter(label: "paths", dimensions: [("path", "/\(number)")], factory: metrics).increment()
        }
        let lines = metrics.exposition().split(separator: "\n")
        #expect(lines.count == 502)
        #expect(lines.contains(#"paths{overflow="true"} 1500"#))
    }

    @Test func `a name used for two kinds keeps its first`() {
        let metrics = PrometheusMetrics()
        Counter(label: "x", dimensions: [], factory: metrics).increment()
        Gauge(label: "x", dimensions: [], factory: metrics).record(7)
        #expect(metrics.exposition() == "# TYPE x counter\nx 1\n")
    }
}
