import Jobs

/// What each metric of the daemon says, by its name: Prometheus shows it beside the figure.
package enum MetricHelp {
    package static let texts = JobMetricHelp.texts.merging([
        "relief_operations_total": "Operations asked for, by operation and outcome.",
        "relief_operation_seconds": "Seconds that an operation took, by operation.",
    ]) { mine, _ in mine }
}
