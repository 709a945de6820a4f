import Contract

extension RunView: Brief {
    var brief: String {
        let file = fileName.map { ", file \($0)" } ?? ""
        return "\(number): \(payments) payments, \(total) yuan, \(state.rawValue)\(file)"
    }
}

extension NoticeView: Brief {
    var brief: String {
        let open = objections.filter { $0.state == .open }.count
        return "\(number) \(programme): \(items.count) case(s), \(state.rawValue), \(startsOn) to \(endsOn)"
            + (open == 0 ? "" : "; \(open) objection(s) open")
    }
}
