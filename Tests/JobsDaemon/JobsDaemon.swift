import Foundation
import Jobs
import Logging
import Postgres
import Synchronization
import WorkingDays

/// An engine in a process of its own, for tests that kill it: a daemon with nothing but jobs.
///
/// Arguments: its name, a conninfo, the clock's first time (seconds since 1970), the jobs that it runs before those that
/// follow hang (-1: none hangs). It prints what its engine says, an event a line, as JSON; and on lines that begin with
/// `!` what it noticed by itself. It reads commands, one a line: `clock SECONDS`, `mark EVENT`, `stop`; at the end of its
/// input it ends.
@main
enum JobsDaemon {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let (name, conninfo) = (arguments[1], arguments[2])
        let clock = ManualClock(Date(timeIntervalSince1970: Double(arguments[3]) ?? 0))
        var settings = Settings(conninfo)
        settings.startup = ["SET ROLE relief_app"]
        settings.applicationName = name
        let logger = Logger(label: name, factory: { _ in SwiftLogNoOpLogHandler() })
        let (events, observer) = AsyncStream.makeStream(of: EngineEvent.self)
        let engine = Engine(
            pool: Pool(settings: settings, size: 6, logger: logger), listen: settings,
            registry: Work.registry(name: name, runsBeforeHanging: Int(arguments[4]) ?? -1),
            schedules: [try Schedule("each-minute", cron: "* * * * *", zone: "UTC", catchUp: .all) { Work($0) }],
            clock: clock, leaseClock: clock, settings: EngineSettings(host: name), logger: logger,
            observer: { observer.yield($0) })
        let telling = Task {
            for await event in events { say(String(decoding: try JSONEncoder().encode(event), as: UTF8.self)) }
        }
        Thread.detachNewThread { obey(engine, clock, observer) }
        try await engine.run()
        observer.finish()
        try await telling.value
    }

    static func say(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }

    private static func obey(
        _ engine: Engine, _ clock: ManualClock, _ observer: AsyncStream<EngineEvent>.Continuation
    ) {
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch words[0] {
            case "clock":
                clock.set(Date(timeIntervalSince1970: Double(words[1]) ?? 0))
                engine.wake()
            case "mark":
                if let event = try? JSONDecoder().decode(EngineEvent.self, from: Data(words[1].utf8)) {
                    observer.yield(event)
                }
            case "stop": engine.stop()
            default: say("!does not understand \(line)")
            }
        }
        exit(0)
    }
}
