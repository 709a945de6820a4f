package import Contract
package import Foundation
package import Logging
import WorkingDays

/// How this daemon is set up.
package struct Settings: Sendable {
    /// How log lines are written.
    package enum LogFormat: String, CaseIterable, Sendable {
        case text, json
    }

    package var data: URL
    /// nil: the embedded PostgreSQL of the data folder.
    package var databaseURL: String?
    /// Path of the unix socket.
    package var socket: String
    package var socketMode: mode_t
    /// Where to listen besides, for tokens.
    package var listen: Endpoint?
    package var logLevel: Logger.Level
    package var logFormat: LogFormat
    package var auditOrigin: String?
    package var demoClock: Date?
    package var bank: URL
    package var poolSize: Int
    /// In months; nil: for ever.
    package var jobHistory: Int?

    /// Reads all settings: an option wins over the environment, the environment over the file.
    ///
    /// - Parameters:
    ///   - options: what the command line gave.
    ///   - config: the file named by `--config`; `/etc/relief/relief.env` is read where it exists and nothing is named.
    /// - Throws: `SettingsError` with every problem.
    package static func read(
        options: [SettingKey: String], config: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> Settings {
        var reading = SettingsReading()
        reading.take(file: config)
        for key in SettingKey.allCases {
            if let value = environment[key.variable], !value.isEmpty {
                reading.values[key] = SettingSource(value: value, place: "\(key.variable) in the environment")
            }
            if let value = options[key] { reading.values[key] = SettingSource(value: value, place: key.option) }
        }
        let settings = reading.settings(environment: environment)
        guard reading.problems.isEmpty else { throw SettingsError(reading.problems) }
        return settings
    }
}

/// Values on their way to settings, and what is wrong with them.
private struct SettingsReading {
    static let usualFile = "/etc/relief/relief.env"

    var values: [SettingKey: SettingSource] = [:]
    var problems: [String] = []

    mutating func take(file named: String?) {
        let path = named ?? Self.usualFile
        guard named != nil || FileManager.default.isReadableFile(atPath: path) else { return }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            problems.append("--config: \(path) can't be read; name a file of KEY=VALUE lines in UTF-8.")
            return
        }
        let (lines, faults) = EnvironmentFile.parse(text, path: path)
        problems += faults
        let keys = Dictionary(uniqueKeysWithValues: SettingKey.allCases.map { ($0.variable, $0) })
        // Others read this file too: RELIEF_URL and RELIEF_TOKEN are the client's, RELIEF_PG_BIN is LocalPostgres'.
        let others: Set<String> = ["RELIEF_URL", "RELIEF_TOKEN", "RELIEF_PG_BIN"]
        for line in lines {
            if let key = keys[line.key] {
                values[key] = SettingSource(value: line.value, place: "\(line.key) in \(path)")
            } else if line.key.hasPrefix("RELIEF_"), !others.contains(line.key) {
                problems.append(
                    "\(path): there is no \(line.key); there are \(keys.keys.sorted().joined(separator: ", ")).")
            }
        }
    }

    mutating func settings(environment: [String: String]) -> Settings {
        let data = URL(
            fileURLWithPath: value(.data, "a folder") { $0 } ?? Self.usualData(environment), isDirectory: true)
        return Settings(
            data: data,
            databaseURL: value(.databaseURL, "a libpq URI, postgresql://…, or key=value list") {
                $0.hasPrefix("postgres://") || $0.hasPrefix("postgresql://") || $0.contains("=") ? $0 : nil
            },
            socket: value(.socket, "a path of at most 107 bytes, from /") {
                $0.hasPrefix("/") && $0.utf8.count <= 107 ? $0 : nil
            } ?? Self.usualSocket(environment),
            socketMode: value(.socketMode, "0600, 0660 or 0666") {
                ["0600": 0o600, "0660": 0o660, "0666": 0o666][$0]
            } ?? 0o600,
            listen: value(.listen, "HOST:PORT, as 127.0.0.1:8080 or [::1]:8080") { text in
                text.contains(":") ? Endpoint("http://" + text) : nil
            },
            logLevel: value(.logLevel, Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")) {
                Logger.Level(rawValue: $0)
            } ?? .info,
            logFormat: value(.logFormat, "text or json") { Settings.LogFormat(rawValue: $0) } ?? .text,
            auditOrigin: value(
                .auditOrigin, "a name without scheme, spaces and plus signs, as relief.xining.example/audit"
            ) {
                $0.contains("://") || $0.contains { $0.isWhitespace || $0 == "+" } ? nil : $0
            },
            demoClock: value(.demoClock, "a time with its zone, as 2026-07-01T09:00+08:00", Self.time),
            bank: value(.bank, "a folder") { URL(fileURLWithPath: $0, isDirectory: true) }
                ?? data.appending(path: "bank", directoryHint: .isDirectory),
            poolSize: value(.poolSize, "4 to 500") { Int(digits: $0).flatMap { (4...500).contains($0) ? $0 : nil } }
                ?? 16,
            jobHistory: value(.jobHistory, "1 to 1200, or forever", Self.months) ?? 24)
    }

    private mutating func value<T>(_ key: SettingKey, _ allowed: String, _ read: (String) -> T?) -> T? {
        guard let source = values[key] else { return nil }
        if let value = read(source.value) { return value }
        // A URL may carry a password: what isn't one is not repeated either.
        let shown = key == .databaseURL ? "" : " is “\(source.value)”;"
        problems.append("\(source.place)\(shown) must be \(allowed).")
        return nil
    }

    /// RFC 3339, where the seconds may be left out.
    private static func time(_ text: String) -> Date? {
        if let date = Timestamp.date(text) { return date }
        guard text.utf8.count >= 17 else { return nil }
        let minute = text.index(text.startIndex, offsetBy: 16)
        return Timestamp.date(text[..<minute] + ":00" + text[minute...])
    }

    /// Outer nil: it can't be read; inner nil: for ever.
    private static func months(_ text: String) -> Int?? {
        if text == "forever" { return .some(nil) }
        guard let months = Int(digits: text), (1...1_200).contains(months) else { return nil }
        return months
    }

    private static func usualData(_ environment: [String: String]) -> String {
        if geteuid() == 0 { return "/var/lib/relief" }
        if let share = environment["XDG_DATA_HOME"], share.hasPrefix("/") { return share + "/relief" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/relief"
    }

    private static func usualSocket(_ environment: [String: String]) -> String {
        if case .unix(let path)? = try? Endpoint.default(environment: environment) { return path }
        // A client's RELIEF_URL that isn't a socket says nothing about where to listen.
        let others = environment.filter { $0.key != "RELIEF_URL" }
        guard case .unix(let path)? = try? Endpoint.default(environment: others) else { return "/tmp/reliefd.sock" }
        return path
    }
}
