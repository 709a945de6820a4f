import Jobs
import Relief

/// What each metric of the daemon says, by its name: Prometheus shows it beside the figure.
package enum MetricHelp {
    package static let texts = JobMetricHelp.texts.merging(BankFigures.texts) { mine, _ in mine }
        .merging(StandingWorkFigures.texts) { mine, _ in mine }.merging([
            "relief_disk_free_bytes": "Bytes free where this daemon keeps its log, evidence and embedded database.",
            "relief_operations_total": "Operations asked for, by operation and outcome.",
            "relief_operation_seconds": "Seconds that an operation took, by operation.",
            "relief_log_unsealed_seconds":
                "Seconds that something committed has waited to be sealed into the audit log.",
            "relief_log_closed": "1 while commands are refused because the audit log is not sealed, or has forked.",
            // The HTTP server's own.
            "hb_requests": "HTTP requests answered, by route, method and status.",
            "hb_request_errors": "HTTP requests that ended with an error, by route, method and status.",
            "http_server_active_requests": "HTTP requests that are being answered, by method.",
            "http_server_request_duration": "Seconds that an HTTP request took, by route, method and status.",
        ]) { mine, _ in mine }
}
