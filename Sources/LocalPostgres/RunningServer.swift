import Dispatch
import FoundationEssentials
import Glibc

/// A started server: the watcher that will stop it, and the sign that all of its processes have ended.
final class RunningServer: Sendable {
    private let watcher: ChildProcess
    private let postmaster: pid_t
    private let dataDirectory: String
    private let ended: DispatchGroup

    private init(watcher: ChildProcess, postmaster: pid_t, dataDirectory: String) {
        self.watcher = watcher
        self.postmaster = postmaster
        self.dataDirectory = dataDirectory
        ended = Self.observeEnd(of: watcher.alive)
    }

    /// Starts the watcher and returns once the server accepts connections.
    static func start(_ watcher: Watcher, directory: String) async throws -> RunningServer {
        let watcher = try ChildProcess.spawn(watcher.command, environment: watcher.environment)
        let output = await offPool { watcher.readOutput { readyProcess(in: $0) != nil } }
        if let postmaster = readyProcess(in: output) {
            return RunningServer(watcher: watcher, postmaster: postmaster, dataDirectory: "\(directory)/data")
        }
        close(watcher.input)
        close(watcher.alive)
        let status = await offPool { watcher.finish() }
        throw Watcher.error(status: status, output: output, directory: directory)
    }

    /// Tells the watcher to stop the server, and returns when both have ended.
    func stop(keepFiles: Bool) async {
        await offPool { [watcher] in
            if keepFiles { send(watcher.input, "keep\n", 5, Int32(MSG_NOSIGNAL)) }
            close(watcher.input)
            _ = watcher.finish()
        }
        // The watcher may have been killed itself; SIGINT is PostgreSQL's fast shutdown, and harmless a second time.
        if serves(postmaster) { Glibc.kill(postmaster, SIGINT) }
        await untilEnded()
    }

    /// SIGKILL for the postmaster and all its children; returns when all are gone.
    func crash() async {
        // All stand still before the first is killed: who sees the postmaster die ends in order, and lets go of its locks.
        freeze()
        signalAll(SIGKILL)
        await untilEnded()
    }

    /// SIGSTOP for the postmaster and all its children.
    func freeze() {
        // The postmaster first: it would start new ones while we go through the list.
        if serves(postmaster) { Glibc.kill(postmaster, SIGSTOP) }
        signalAll(SIGSTOP)
    }

    /// Sends a signal to the postmaster and all its children.
    func signalAll(_ signal: Int32) {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in entries.compactMap({ pid_t($0) }) where serves(process) { Glibc.kill(process, signal) }
    }

    /// Returns when all processes of the server have ended.
    func untilEnded() async {
        await withCheckedContinuation { continuation in
            ended.notify(queue: .global()) { continuation.resume() }
        }
    }

    /// Each process of a server works in its data directory; a process number alone could be a stranger's by now.
    private func serves(_ process: pid_t) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")) == dataDirectory
    }

    private static func readyProcess(in output: String) -> pid_t? {
        guard output.hasSuffix("\n"), let line = output.split(separator: "\n").last, line.hasPrefix("ready ") else {
            return nil
        }
        return pid_t(line.dropFirst(6))
    }

    private static func observeEnd(of alive: Int32) -> DispatchGroup {
        let ended = DispatchGroup()
        ended.enter()
        let source = DispatchSource.makeReadSource(fileDescriptor: alive, queue: .global())
        // Nobody ever writes to this pipe, so the only event is its end.
        source.setEventHandler { source.cancel() }
        source.setCancelHandler {
            close(alive)
            ended.leave()
        }
        source.resume()
        return ended
    }
}
