import Dispatch
import FoundationEssentials
import Glibc

/// `POSIX_SPAWN_SETSID` of <spawn.h>, which Swift's Glibc module doesn't show.
private let newSession: Int32 = 0x80

/// A child in a session of its own (a terminal's Ctrl-C doesn't reach it), holding no file of ours except three pipes.
///
/// Its standard input is a pipe whose only writer is this process: when this process ends, however it ends, the child
/// reads end-of-file.
struct ChildProcess: Sendable {
    let processID: pid_t
    /// Write end of the child's standard input.
    let input: Int32
    /// Read end of the child's standard output and error.
    let output: Int32
    /// Read end of the child's descriptor 3; at end-of-file when it and all that inherited it have ended.
    let alive: Int32

    /// Starts `command` (an absolute path and its arguments) with exactly this environment.
    static func spawn(_ command: [String], environment: [String]) throws(LocalPostgresError) -> ChildProcess {
        let (input, output, alive) = (try Pipe(), try Pipe(), try Pipe())
        defer { [input.read, output.write, alive.write].forEach { close($0) } }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.read, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, output.write, 2)
        posix_spawn_file_actions_adddup2(&actions, alive.write, 3)
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in open.compactMap({ Int32($0) }) where descriptor > 3 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        // Dispatch's threads block signals, and a mask survives exec: the child must begin with none blocked.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var processID: pid_t = 0
        let failure = withCStrings(command) { arguments in
            withCStrings(environment) { posix_spawn(&processID, command[0], &actions, &attributes, arguments, $0) }
        }
        guard failure == 0 else {
            [input.write, output.read, alive.read].forEach { close($0) }
            throw LocalPostgresError(.spawn, "Can't start \(command[0]): \(String(cString: strerror(failure))).")
        }
        return ChildProcess(processID: processID, input: input.write, output: output.read, alive: alive.read)
    }

    /// Runs a command to its end, off the cooperative threads.
    static func run(_ command: [String], environment: [String]) async throws -> (status: Int32, output: String) {
        let child = try spawn(command, environment: environment)
        return await offPool {
            close(child.input)
            close(child.alive)
            let output = child.readOutput { _ in false }
            return (child.finish(), output)
        }
    }

    /// Reads the child's output until `isEnough` of what came so far, or end-of-file. Blocks.
    func readOutput(until isEnough: (String) -> Bool) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(output, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
            if isEnough(String(decoding: bytes, as: UTF8.self)) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits for the child to end and gives its exit status (128 + signal when killed). Blocks.
    func finish() -> Int32 {
        close(output)
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}

/// A pipe that no child inherits by accident, and that can be written to without fear of SIGPIPE: a pair of sockets.
private struct Pipe {
    let read: Int32
    let write: Int32

    init() throws(LocalPostgresError) {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw LocalPostgresError(.spawn, "Can't make a pipe: \(String(cString: strerror(errno))).")
        }
        (read, write) = (ends[0], ends[1])
    }
}

/// Runs blocking work on a Dispatch thread, so that no cooperative thread waits for a process.
func offPool<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}

private func withCStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
    let pointers = strings.map { strdup($0) }
    defer { pointers.forEach { free($0) } }
    return body(pointers + [nil])
}
