import ArgumentParser
import Client
import Contract
import Dispatch
import Foundation
import Output
import Terminal
import WorkingDays

/// The engine room, live.
struct TopVerb: QueryVerb {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "top", abstract: ShowTop.summary.shown,
            discussion: Phrase(
                """
                Drawn again each second until Ctrl-C; less often where the daemon takes long to answer. With --once, with
                --json, or into a pipe, one picture is printed.
                """,
                """
                每秒刷新，直到按 Ctrl-C；守护进程答复较慢时刷新得少一些。用 --once、--json 或输出到管道时只打印一次。
                """
            ).shown)
    }
    @OptionGroup var common: CommonOptions
    @Flag(help: ArgumentHelp("Print one picture.", "只打印一次。")) var once = false

    func operation() -> ShowTop { ShowTop() }

    func carryOut(with client: ReliefClient) async throws {
        if common.json { return try show(try await client.send(operation())) }
        guard !common.csv else {
            throw Refusal.invalid(Phrase("--csv is for lists; use --json.", "--csv 只用于列表；请用 --json。"), field: "csv")
        }
        guard !once, Screen.size != nil else { return try await printOnce(try await client.send(operation())) }
        // What can't be answered at all is said before the screen is taken.
        let first = try await client.send(operation())
        try await Self.live(first, client)
    }

    private func printOnce(_ view: TopView) async throws {
        let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int(digits: $0) }
        let frame = TopFrame(view, width: Screen.size?.width ?? columns ?? 80, height: nil)
        for line in frame.lines { try Standard.output(line.text) }
    }

    /// What makes the picture change.
    private enum Event {
        case second, resized, stopped
    }

    private static func live(_ first: TopView, _ client: ReliefClient) async throws {
        let (events, happen) = AsyncStream.makeStream(of: Event.self)
        let heard = [SIGINT: Event.stopped, SIGTERM: .stopped, SIGHUP: .stopped, SIGWINCH: .resized]
        let signals = heard.map { number, event in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { happen.yield(event) }
            source.resume()
            return source
        }
        let screen = try Screen()
        defer {
            screen.giveBack()
            for source in signals { source.cancel() }
        }
        var (view, trouble): (TopView, String?) = (first, nil)
        happen.yield(.resized)
        again(after: 1, happen)
        for await event in events {
            switch event {
            case .stopped: return
            case .resized: break
            case .second:
                let began = ContinuousClock.now
                do {
                    (view, trouble) = (try await client.send(ShowTop()), nil)
                } catch let refusal as Refusal {
                    trouble = refusal.phrase.shown
                }
                // A tenth of the daemon's time at most.
                let took = (ContinuousClock.now - began) / .seconds(1)
                again(after: max(1, took * 10), happen)
            }
            let size = Screen.size ?? (80, 24)
            try screen.show(TopFrame(view, width: size.width, height: size.height, trouble: trouble).lines)
        }
    }

    private static func again(after seconds: Double, _ happen: AsyncStream<Event>.Continuation) {
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { happen.yield(.second) }
    }
}
