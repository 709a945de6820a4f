import Foundation
import Logging
import Testing

@testable import Assembly

/// Log lines for people and for programs.
struct LogTests {
    private struct Line: Decodable {
        let level: String
        let message: String
        let error: String
    }

    @Test func `a JSON line is one line, whatever the metadata holds`() throws {
        let fields: Logger.Metadata = [
            "error": "first\nsecond \"quoted\" \u{1}", "message": "other", "list": ["a", "b"], "map": ["k": "v"],
        ]
        let text = LogLines.json("2026-07-01T01:00:00.000000Z", .error, "reliefd", "request.failed", fields)
        #expect(!text.contains("\n"))
        let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
        #expect(line.level == "error")
        #expect(line.message == "request.failed")
        #expect(line.error == "first\nsecond \"quoted\" \u{1}")
        #expect(text.contains(#""field.message":"other""#))
        #expect(text.contains(#""list":["a","b"],"map":{"k":"v"}"#))
    }

    @Test func `a text line quotes what has spaces and escapes what ends lines`() {
        let text = LogLines.text("T", .info, "daemon.stopping", ["b": "two words\nmore", "a": "1"])
        #expect(text == #"T INFO daemon.stopping a=1 b="two words\nmore""#)
    }
}
