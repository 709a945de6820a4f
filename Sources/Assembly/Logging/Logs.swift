import Logging

/// The log of the whole process.
enum Logs {
    /// Sets it up, once, and gives the daemon's logger.
    static func begin(_ settings: Settings) -> Logger {
        let (format, level) = (settings.logFormat, settings.logLevel)
        LoggingSystem.bootstrap { LogLines(label: $0, format: format, logLevel: level) }
        return Logger(label: "reliefd")
    }
}
