import ArgumentParser
import Client
import Contract
import FoundationEssentials
import Output
import Terminal

/// Follows jobs until it is stopped: a line for each that was made, began, got on or ended.
struct JobTail: QueryVerb {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "tail", abstract: TailJobs.summary.shown,
            discussion: Phrase(
                "Asks once a second, until Ctrl-C. With --json each line is a job, as job show gives it.",
                "每秒查询一次，直到按 Ctrl-C。用 --json 时每行一个任务，格式同 job show。"
            ).shown)
    }
    @OptionGroup var common: CommonOptions
    @Option(help: TailJobs.help("state"), transform: typed) var state: JobState?
    @Option(help: TailJobs.help("kind")) var kind: String?
    @Option(help: TailJobs.help("queue")) var queue: String?
    @Option(help: TailJobs.help("subject")) var subject: String?

    func validate() throws {
        if common.csv {
            throw ValidationError(
                Phrase("--csv is for lists that end; use --json.", "--csv 用于有尽头的列表；请用 --json。").shown)
        }
    }

    func operation() -> TailJobs {
        TailJobs(state: state, kind: kind, queue: queue, subject: subject)
    }

    func carryOut(with client: ReliefClient) async throws {
        var told = ToldJobs()
        var cursor: String?
        var isAway = false
        while true {
            do {
                let page = try await client.send(
                    TailJobs(
                        state: state, kind: kind, queue: queue, subject: subject,
                        cursor: cursor))
                for job in told.news(of: page.items) {
                    try Standard.output(
                        common.json ? String(decoding: try JSON.encode(job), as: UTF8.self) : job.line)
                }
                (cursor, isAway) = (page.next, false)
            } catch let refusal as Refusal where refusal.code == .unavailable && cursor != nil {
                // A daemon that is started again goes on where it was.
                if !isAway {
                    Standard.error("relief: \(refusal.phrase.shown) " + Phrase("Waiting for it.", "正在等待恢复。").shown)
                }
                isAway = true
            }
            // Where nothing happens there is no line to fail.
            try Standard.stillRead()
            try await Task.sleep(for: .seconds(1))
        }
    }
}

/// What a follower was told of each job lately: answers overlap.
struct ToldJobs {
    private var told: [Int64: (job: JobView, answer: Int)] = [:]
    private var answer = 0

    /// Those that differ from what was told of them.
    mutating func news(of jobs: [JobView]) -> [JobView] {
        answer += 1
        let news = jobs.filter { told[$0.id]?.job != $0 }
        for job in jobs { told[job.id] = (job, answer) }
        // Answers reach back a few seconds, and come once a second.
        told = told.filter { $0.value.answer > answer - 20 }
        return news
    }
}

extension JobView {
    /// A job in a line: when, which, what became of it.
    var line: String {
        let at = finishedAt ?? startedAt ?? createdAt
        var parts = [
            Presenter.clock(at), Table.pad(String(id), 6, right: true), Table.pad(state.rawValue, 9),
            Table.pad(kind, 20), subject ?? "",
        ]
        if let startedAt, let finishedAt { parts.append(Age.text(finishedAt.timeIntervalSince(startedAt))) }
        if attempt > 1 { parts.append("attempt \(attempt) of \(maxAttempts)") }
        if let progress, state == .running { parts.append(progress) }
        if let error = errors.last { parts.append(error.printableLine) }
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
