import Foundation
import Jobs
import JobsTesting
import Postgres
import Synchronization
import WorkingDays

/// A row of work for the daemons, as `Tests/JobsDaemon` reads it.
struct DaemonWork: Job {
    static let kind = "daemon.work"
    static var policy: JobPolicy { JobPolicy(maxAttempts: 3) }
    let deed: String
}

/// An engine in a process of its own (`Tests/JobsDaemon`), whose clock this process moves.
final class DaemonProcess: HeardEngine, Sendable {
    let name: String
    let voice: EngineVoice
    private let process = Process()
    private let input: FileHandle
    private let notices: AsyncStream<String>
    private let noticed: AsyncStream<String>.Continuation
    private let ended: AsyncStream<Void>
    private let twice = Mutex<[String]>([])

    /// `runsBeforeHanging`: after so many jobs each that follows hangs; nil: none does.
    init(_ name: String, on rig: Rig, runsBeforeHanging: Int? = nil) throws {
        self.name = name
        _ = Self.survivesDeadReaders
        let (commands, output) = (Pipe(), Pipe())
        let input = commands.fileHandleForWriting
        self.input = input
        voice = EngineVoice(bell: rig.pool) { event in
            guard let json = try? JSONEncoder().encode(event) else { return }
            Self.tell("mark " + String(decoding: json, as: UTF8.self), input)
        }
        (notices, noticed) = AsyncStream.makeStream(of: String.self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        self.ended = ended
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "jobs-daemon")
        process.arguments = [
            name, rig.settings.conninfo, "\(rig.clock.now().timeIntervalSince1970)", "\(runsBeforeHanging ?? -1)",
        ]
        process.standardInput = commands
        process.standardOutput = output
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        let reading = output.fileHandleForReading
        Thread.detachNewThread { [self] in
            var rest = Data()
            while case let piece = reading.availableData, !piece.isEmpty {
                rest += piece
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    hear(rest[rest.startIndex..<end])
                    rest = Data(rest[rest.index(after: end)...])
                }
            }
            voice.observer.finish()
            noticed.finish()
        }
    }

    private func hear(_ line: Data) {
        if let event = try? JSONDecoder().decode(EngineEvent.self, from: line) {
            voice.observer.yield(event)
        } else {
            let words = String(decoding: line, as: UTF8.self)
            if words.hasPrefix("!twice") { twice.withLock { $0.append(words) } }
            noticed.yield(words)
        }
    }

    /// Waits until a job of it hangs or blocks; nil when the process ended first.
    func stuck() async -> JobID? {
        for await notice in notices {
            let words = notice.split(separator: " ")
            if ["!hangs", "!blocks"].contains(words[0]), let id = Int64(words[1]) { return JobID(rawValue: id) }
        }
        return nil
    }

    /// Jobs that ran here while they ran in another process as well, except in those of `dead`, whose transactions the
    /// server may not have ended yet.
    func twice(exceptIn dead: [DaemonProcess] = []) -> [String] {
        twice.withLock { $0.filter { line in !dead.contains { line.hasSuffix(" \($0.name)") } } }
    }

    func set(_ instant: Date) { Self.tell("clock \(instant.timeIntervalSince1970)", input) }

    /// kill -9.
    func crash() async {
        kill(process.processIdentifier, SIGKILL)
        await untilEnded()
    }

    func stop() async {
        Self.tell("stop", input)
        await untilEnded()
    }

    func untilEnded() async {
        for await _ in ended {}
    }

    private static let survivesDeadReaders: Void = { signal(SIGPIPE, SIG_IGN) }()

    private static func tell(_ command: String, _ input: FileHandle) {
        // A process that was killed reads no more.
        try? input.write(contentsOf: Data((command + "\n").utf8))
    }
}
