package import CoreMetrics
import Synchronization

/// Keeps all metrics of the process, and writes them in Prometheus' text format 0.0.4.
package final class PrometheusMetrics: MetricsFactory {
    /// Sets of labels of one metric; what comes beyond is counted together under `overflow`, so that no input of a caller
    /// can fill the memory.
    private static let mostSeries = 500

    private let families = Mutex<[String: Family]>([:])
    /// What each metric says, by its name.
    private let help: [String: String]

    package init(help: [String: String] = [:]) {
        self.help = help
    }

    /// All series of one metric.
    private struct Family {
        let kind: Series.Kind
        var series: [[Label]: Series] = [:]
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge)
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions, aggregate ? .histogram(Series.sizes) : .gauge)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram(Series.seconds))
    }

    // Series outlive the handles to them: handles are made at each use.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The text that Prometheus scrapes, metrics and series in order of their names.
    package func exposition() -> String {
        let families = families.withLock { $0.mapValues { ($0.kind, $0.series) } }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let help = help[name] { text += "# HELP \(name) \(help)\n" }
            text += "# TYPE \(name) \(family.0.typeName)\n"
            let series = family.1.map { (labels: $0.key, series: $0.value) }
            for item in series.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
                item.series.write(name, item.labels, to: &text)
            }
        }
        return text
    }

    private func series(_ label: String, _ dimensions: [(String, String)], _ kind: Series.Kind) -> Series {
        let name = Label.name(label)
        let labels = dimensions.map { Label(name: Label.name($0), value: $1) }.sorted()
        return families.withLock { families in
            // A name used for two kinds would make the whole text unreadable: the second kind isn't shown.
            guard families[name, default: Family(kind: kind)].kind == kind else { return Series(kind) }
            var family = families[name] ?? Family(kind: kind)
            let key = family.series[labels] != nil || family.series.count < Self.mostSeries ? labels : [.overflow]
            let found = family.series[key] ?? Series(kind)
            family.series[key] = found
            families[name] = family
            return found
        }
    }
}

/// A name and value that tell series of one metric apart.
struct Label: Hashable, Comparable {
    let name: String
    let value: String

    static let overflow = Label(name: "overflow", value: "true")

    static func < (left: Label, right: Label) -> Bool { (left.name, left.value) < (right.name, right.value) }

    /// A name as Prometheus allows it: letters, digits and underscores, no digit first.
    static func name(_ text: String) -> String {
        let name = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first?.isNumber == false ? name : "_" + name
    }

    var text: String {
        let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\(name)=\"\(escaped)\""
    }
}
