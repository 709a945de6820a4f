package import FoundationEssentials
import WorkingDays

/// How it is told that a token is about to end.
package enum TokenEnd {
    /// The header of a response to such a token: when it ends (RFC 3339, UTC).
    package static let header = "Relief-Token-Expires"

    package static func phrase(_ end: Date) -> Phrase {
        let time = Timestamp.text(end.addingTimeInterval(8 * 3_600)).prefix(16).replacing("T", with: " ")
        return Phrase(
            "This token ends at \(time) (China): renew it before (relief token renew).",
            "该令牌将于北京时间\(time)到期：请提前续期（relief token renew）。")
    }
}
