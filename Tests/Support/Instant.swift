public import Foundation
import Testing

/// An instant written as in ISO 8601, for tests.
public func at(_ text: String) -> Date {
    guard let date = try? Date(text, strategy: .iso8601) else {
        Issue.record("\(text) is no instant")
        return .distantPast
    }
    return date
}
