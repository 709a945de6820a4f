import Contract
import Foundation
import Logging
import Output

/// Writes log events to standard error, a line each, as text for people or as JSON for programs.
///
/// The message is constant; what varies stands in the metadata under dotted keys, without personal data.
struct LogLines: LogHandler {
    let label: String
    let format: Settings.LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let own = event.metadata { fields.merge(own) { $1 } }
        if let error = event.error { fields["error"] = "\(error)" }
        let time = Timestamp.text(Date())
        let line: String =
            switch format {
            case .text: Self.text(time, event.level, event.message.description, fields)
            case .json: Self.json(time, event.level, label, event.message.description, fields)
            }
        // One write a line: lines of many threads don't mix.
        Standard.error(line)
    }

    static func text(_ time: String, _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata) -> String {
        let pairs = fields.sorted { $0.key < $1.key }.map { key, value in
            let value = value.description
            return value.contains { $0.isWhitespace || $0 == "\"" } ? "\(key)=\(quoted(value))" : "\(key)=\(value)"
        }
        return ([time, level.rawValue.uppercased(), message] + pairs).joined(separator: " ")
    }

    static func json(
        _ time: String, _ level: Logger.Level, _ label: String, _ message: String, _ fields: Logger.Metadata
    ) -> String {
        let first = [("time", time), ("level", level.rawValue), ("logger", label), ("message", message)]
        let names = Set(first.map(\.0))
        let rest = fields.sorted { $0.key < $1.key }.map {
            (names.contains($0.key) ? "field." + $0.key : $0.key, $0.value)
        }
        return "{"
            + (first.map { "\(quoted($0)):\(quoted($1))" } + rest.map { "\(quoted($0)):\(json($1))" })
            .joined(separator: ",") + "}"
    }

    private static func json(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let value): quoted(value.description)
        case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let values):
            "{" + values.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(json($0.value))" }.joined(separator: ",")
                + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
