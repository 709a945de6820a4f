import Contract
import FoundationEssentials
import WorkingDays

/// An item whose lists have a form of their own for people.
protocol Listed {
    static func listing(_ items: [Self]) -> String
}

extension Page: Presented where Item: Listed {
    func presentation() -> String {
        items.isEmpty ? "(none)" : Item.listing(items)
    }
}

extension QueueView: Listed {
    static let columns: [Table.Column] =
        [Table.Column(title: "queue")]
        + ["ready", "running", "later", "waiting", "dead", "doubt", "oldest"].map {
            Table.Column(title: $0, isRight: true)
        } + [Table.Column(title: "limits")]

    static func listing(_ items: [QueueView]) -> String {
        Table(columns: columns, rows: items.map { $0.cells(oldest: Presenter.time) }).text
    }

    /// - Parameter oldest: how the time is written at which the job that waits longest was due.
    func cells(isShort: Bool = false, oldest: (Date) -> String) -> [String] {
        let counts = [available, running, scheduled, waiting, failed, inDoubt].map(String.init)
        return [name] + counts
            + [oldestDueAt.map(oldest) ?? "", limits(isShort).joined(separator: ", ")]
    }

    private func limits(_ isShort: Bool) -> [String] {
        let pause = paused ? "paused" + (isShort ? "" : pausedBy.map { " by " + $0 } ?? "") : nil
        return [pause, maxRunning.map { isShort ? String($0) : "\($0) at once" }, rate].compactMap(\.self)
    }
}

extension QueueView: Brief {
    var brief: String { Self.listing([self]) }
}

extension ScheduleView: Listed {
    static func listing(_ items: [ScheduleView]) -> String {
        Table(
            columns: ["schedule", "cron", "days", "next", "last"].map { .init(title: $0) },
            rows: items.map {
                [$0.name, $0.cron, $0.days, $0.next(Presenter.time), $0.lastAt.map(Presenter.time) ?? ""]
            }
        ).text
    }

    /// Which of the expression's days count.
    private var days: String {
        switch rule {
        case "onlyWorkingDays": "working"
        case "nextWorkingDay": "else next"
        case "previousWorkingDay": "else before"
        default: "all"
        }
    }

    func next(_ time: (Date) -> String) -> String {
        if paused { return "paused" + (pausedBy.map { " by " + $0 } ?? "") }
        return nextAt.map(time) ?? "never"
    }
}

extension ScheduleView: Brief {
    var brief: String { Self.listing([self]) }
}

extension FiringView: Listed {
    /// Firings of a schedule in one listing that stand each on a line; more are told in one.
    private static let few = 12

    /// In the order of time; a schedule that fires often is told once, at its first, with how often.
    static func listing(_ items: [FiringView]) -> String {
        let counts = Dictionary(grouping: items, by: \.schedule)
        var told: Set<String> = []
        let rows: [[String]] = items.compactMap { firing in
            guard let all = counts[firing.schedule], all.count > few else {
                return [Presenter.time(firing.at), firing.schedule, firing.kind, firing.businessDate.description]
            }
            guard told.insert(firing.schedule).inserted else { return nil }
            return [
                Presenter.time(firing.at), firing.schedule, firing.kind, firing.businessDate.description,
                "\(all.count) times",
            ]
        }
        return Table(
            columns: ["at", "schedule", "kind", "business", ""].map { .init(title: $0) },
            rows: rows.map { $0 + Array(repeating: "", count: 5 - $0.count) }
        ).text
    }
}

extension RetriedJobs: Presented {
    func presentation() -> String {
        "\(retried) of kind \(kind) will run again"
            + (left == 0 ? "." : "; \(left) stay: in doubt, or another job has their unique key.")
    }
}
