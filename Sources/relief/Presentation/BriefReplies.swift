import Contract
import Terminal

extension RunView: Brief {
    var brief: String {
        let file = fileName.map { ", file \($0)" } ?? ""
        let left = leftOut ?? []
        let head = "\(number): \(payments) payments, \(total) yuan, \(state.rawValue)\(file)"
        return
            ([left.isEmpty ? head : "\(head); \(left.count) left out:"] + left.map { "  \($0.shown)" }
            + (warnings ?? []).map { "! \($0.shown)" }).joined(separator: "\n")
    }
}

extension NoticeView: Brief {
    var brief: String {
        let open = objections.filter { $0.state == .open }.count
        let left = leftOut ?? []
        let head =
            "\(number) \(programme): \(items.count) case(s), \(state.rawValue), \(startsOn) to \(endsOn)"
            + (open == 0 ? "" : "; \(open) objection(s) open")
            + (left.isEmpty ? "" : Phrase("; \(left.count) left out:", "；未列入\(left.count)件：").shown)
        // A calendar that isn't there yet moves the last day: who publishes sees it at once.
        return ([head] + left.map { "  \($0.shown)" } + (warnings ?? []).map { "! \($0.shown)" }).joined(
            separator: "\n")
    }
}
