import Contract
import FoundationEssentials

/// One picture of the engine room, as lines that fit a terminal.
struct TopFrame {
    /// A line, and how it stands out.
    struct Line: Equatable {
        var text: String
        var style = Style.plain

        enum Style {
            case plain, title, heading
        }
    }

    let lines: [Line]

    /// - Parameter height: lines there are; nil shows all.
    /// - Parameter trouble: why the view is old.
    init(_ view: TopView, width: Int, height: Int?, trouble: String? = nil) {
        let sections = [
            Self.queues(view), Self.running(view), Self.failures(view), Self.engines(view), Self.schedules(view),
        ]
        var lines = [Line(text: Self.title(view), style: .title)]
        if let trouble { lines.append(Line(text: trouble)) }
        // Each section takes an empty line and its heading.
        let room = height.map { max(0, $0 - lines.count - 2 * sections.count) }
        let shares = Self.shares(of: sections.map(\.rows.count), room: room)
        for (section, share) in zip(sections, shares) {
            lines += [Line(text: "")] + section.lines(share)
        }
        if let height { lines = Array(lines.prefix(height)) }
        self.lines = lines.map { Line(text: Self.cut($0.text, to: width), style: $0.style) }
    }

    /// How many lines each section gets of the room: what all need first, one each in turn, until there is no more.
    static func shares(of wishes: [Int], room: Int?) -> [Int] {
        guard let room, wishes.reduce(0, +) > room else { return wishes }
        var shares = wishes.map { _ in 0 }
        var left = room
        while left > 0 {
            for index in wishes.indices where shares[index] < wishes[index] && left > 0 {
                shares[index] += 1
                left -= 1
            }
        }
        return shares
    }

    /// The text in so many columns, with a mark where something is cut off.
    static func cut(_ text: String, to width: Int) -> String {
        guard Table.width(text) > width else { return text }
        var kept = ""
        for character in text {
            guard Table.width(kept) + Table.width(String(character)) < width else { break }
            kept.append(character)
        }
        return kept + "…"
    }

    private static func title(_ view: TopView) -> String {
        let ready = view.queues.reduce(0) { $0 + $1.available }
        let later = view.queues.reduce(0) { $0 + $1.scheduled + $1.waiting }
        let dead = view.queues.reduce(0) { $0 + $1.failed }
        let doubt = view.queues.reduce(0) { $0 + $1.inDoubt }
        let running = view.queues.reduce(0) { $0 + $1.running }
        return "relief  \(Presenter.day(view.now)) \(Presenter.clock(view.now))"
            + "  \(ready) ready, \(running) running, \(later) later, \(dead) dead"
            + (doubt > 0 ? ", \(doubt) IN DOUBT" : "")
    }
}

/// A heading with its rows.
private struct TopSection {
    let title: String
    let columns: [Table.Column]
    let rows: [[String]]

    /// Heading and rows on `share` lines; the last says how many are left out.
    func lines(_ share: Int) -> [TopFrame.Line] {
        guard !rows.isEmpty else { return [.init(text: "\(title)  none", style: .heading)] }
        let shown = share >= rows.count ? rows.count : max(0, share - 1)
        let head = [Table.Column(title: title)] + columns.dropFirst()
        let text = Table(columns: head, rows: Array(rows.prefix(shown))).text
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            TopFrame.Line(text: String($0))
        }
        lines[0].style = .heading
        if shown < rows.count, share > 0 { lines.append(.init(text: "… \(rows.count - shown) more")) }
        return lines
    }
}

extension TopFrame {
    private static func section(_ title: String, _ columns: [String], right: Set<Int> = [], _ rows: [[String]])
        -> TopSection
    {
        TopSection(
            title: title,
            columns: ([""] + columns).enumerated().map { .init(title: $1, isRight: right.contains($0)) }, rows: rows)
    }

    private static func queues(_ view: TopView) -> TopSection {
        TopSection(
            title: "QUEUE", columns: QueueView.columns,
            rows: view.queues.map { queue in
                queue.cells(isShort: true) { Age.text(view.now.timeIntervalSince($0)) }
            })
    }

    private static func running(_ view: TopView) -> TopSection {
        section(
            "RUNNING", ["kind", "subject", "attempt", "for", "progress"], right: [4],
            view.running.map { job in
                [
                    String(job.id), job.kind, job.subject ?? "", "\(job.attempt)/\(job.maxAttempts)",
                    job.startedAt.map { Age.text(view.now.timeIntervalSince($0)) } ?? "", job.progress ?? "",
                ]
            })
    }

    private static func failures(_ view: TopView) -> TopSection {
        section(
            "FAILED", ["kind", "subject", "state", "ago", "error"], right: [4],
            view.failures.map { job in
                let end = job.finishedAt ?? job.startedAt
                return [
                    String(job.id), job.kind, job.subject ?? "", job.state.rawValue,
                    end.map { Age.text(view.now.timeIntervalSince($0)) } ?? "",
                    (job.errors.last ?? "").printableLine,
                ]
            })
    }

    private static func engines(_ view: TopView) -> TopSection {
        section(
            "ENGINE", ["running", "lease", "up", "queues"], right: [1, 2, 3],
            view.engines.map { engine in
                let lease = engine.leaseUntil.timeIntervalSince(view.realNow)
                return [
                    "\(engine.host)/\(engine.processID)", String(engine.running),
                    lease > 0 ? Age.text(lease.rounded(.up)) : "LOST",
                    Age.text(view.realNow.timeIntervalSince(engine.startedAt)),
                    engine.queues.sorted().joined(separator: " "),
                ]
            })
    }

    private static func schedules(_ view: TopView) -> TopSection {
        section(
            "NEXT", ["in", "at", "last"], right: [1],
            view.schedules.map { schedule in
                let due = schedule.nextAt.map { $0.timeIntervalSince(view.now) }
                return [
                    schedule.name, schedule.paused ? "" : due.map { $0 < 0 ? "late" : Age.text($0) } ?? "",
                    schedule.next(Presenter.time), schedule.lastAt.map(Presenter.time) ?? "",
                ]
            })
    }
}
