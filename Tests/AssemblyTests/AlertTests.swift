import CoreMetrics
import Foundation
import Testing

@testable import Assembly

/// The alert rules that are delivered, against what the daemon exports.
struct AlertTests {
    /// The metrics named in the rules, histograms by their own name.
    private static func named() throws -> Set<String> {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let rules = try String(contentsOf: root.appending(path: "deploy/alerts/relief.rules.yaml"), encoding: .utf8)
        return Set(
            rules.matches(of: /relief_[a-z_]+/).map { String($0.output).replacing(/_(bucket|sum|count)$/, with: "") })
    }

    @Test func `each metric that a rule names is one that the daemon exports`() throws {
        let named = try Self.named()
        #expect(named.count >= 10)
        #expect(named.subtracting(MetricHelp.texts.keys) == [])
    }

    @Test func `each metric says in a sentence what it is`() {
        for (name, text) in MetricHelp.texts {
            #expect(name.wholeMatch(of: /(relief|hb|http)_[a-z_]+/) != nil)
            #expect(text.hasSuffix(".") && !text.contains("\n"), "\(name)")
        }
        let metrics = PrometheusMetrics(help: ["depth": "How deep."])
        Gauge(label: "depth", dimensions: [], factory: metrics).record(1)
        Gauge(label: "width", dimensions: [], factory: metrics).record(2)
        #expect(
            metrics.exposition()
                == "# HELP depth How deep.\n# TYPE depth gauge\ndepth 1\n# TYPE width gauge\nwidth 2\n")
    }
}
