/// Spans of time as a person reads them at a glance.
enum Age {
    /// `40ms`, `7s`, `3m20s`, `2h05m`, `4d7h`.
    static func text(_ seconds: Double) -> String {
        if seconds > 0, seconds < 1 { return "\(Int(seconds * 1_000))ms" }
        let whole = Int(max(0, min(seconds, 1e12)))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3_600: return "\(whole / 60)m\(two(whole % 60))s"
        case ..<86_400: return "\(whole / 3_600)h\(two(whole / 60 % 60))m"
        default: return "\(whole / 86_400)d\(whole / 3_600 % 24)h"
        }
    }
}
