/// Everything that can be set; as an option `--pool-size`, in the environment and in files `RELIEF_POOL_SIZE`.
package enum SettingKey: String, CaseIterable, Sendable {
    case data
    case databaseURL = "database-url"
    case socket
    case socketMode = "socket-mode"
    case listen
    case logLevel = "log-level"
    case logFormat = "log-format"
    case auditOrigin = "audit-origin"
    case demoClock = "demo-clock"
    case bank
    case poolSize = "pool-size"
    case jobHistory = "job-history"

    package var option: String { "--\(rawValue)" }
    package var variable: String { "RELIEF_" + rawValue.uppercased().replacing("-", with: "_") }

    /// What it sets, and what it is without it.
    package var purpose: String {
        switch self {
        case .data:
            "Folder of keys, log, evidence and the embedded PostgreSQL. Default: /var/lib/relief as root, else ~/.local/share/relief."
        case .databaseURL:
            "PostgreSQL to use, as postgresql://owner@host/relief. Default: an embedded one in the data folder."
        case .socket: "Path of the unix socket. Default: where relief looks for it."
        case .socketMode: "Who may open the socket: 0600, 0660 or 0666. Default: 0600."
        case .listen: "HOST:PORT to listen on as well, for tokens only. Default: none."
        case .logLevel: "trace, debug, info, notice, warning, error or critical. Default: info."
        case .logFormat: "text or json. Default: text."
        case .auditOrigin: "Name of the audit log on its checkpoints. Default: this host's name with /relief."
        case .demoClock: "Time at which a demonstration begins, as 2026-07-01T09:00+08:00. Default: real time."
        case .bank: "Folder in which files are exchanged with the bank. Default: bank in the data folder."
        case .poolSize: "Connections to the database, 4 to 500. Default: 16."
        case .jobHistory: "Months for which the history of jobs is kept, 1 to 1200, or forever. Default: 24."
        }
    }
}

/// Where a value stood, so that an error can say it.
struct SettingSource: Sendable {
    let value: String
    let place: String
}

/// Settings that can't be read, all of them at once: which key, where it stands, what is allowed.
package struct SettingsError: Error, CustomStringConvertible {
    package let problems: [String]

    package init(_ problems: [String]) {
        self.problems = problems
    }

    package var description: String { problems.joined(separator: "\n") }
}
