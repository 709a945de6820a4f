import Client
import Contract
import Foundation
import Support
import Synchronization
import Testing

/// A folder of one test, with the daemons that were started in it; they end with the test.
final class House: Sendable {
    let folder: URL
    private let daemons = Mutex<[DaemonProcess]>([])

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "relief-house-\(UUID().uuidString.prefix(8))")
        // As root, PostgreSQL runs as another user, who has to pass through.
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }

    static func with<R: Sendable>(_ body: (House) async throws -> R) async throws -> R {
        let house = try House()
        do {
            let result = try await body(house)
            await house.end()
            return result
        } catch {
            await house.end()
            throw error
        }
    }

    /// Starts `reliefd serve` on a data folder of this house and returns when it is ready.
    func serve(_ data: String = "data", _ arguments: String...) async throws -> DaemonProcess {
        let daemon = try launch(data, socket: "\(data).sock", ["serve"] + arguments)
        try await daemon.untilReady()
        return daemon
    }

    /// Starts it where it may never become ready.
    func begin(_ data: String = "data", _ arguments: String...) throws -> DaemonProcess {
        try launch(data, socket: "\(data).sock", ["serve"] + arguments)
    }

    /// The same, where a shell gives it other streams, as `2>/dev/full`.
    func serve(redirected redirections: String, _ arguments: String...) async throws -> DaemonProcess {
        let daemon = try launch("data", socket: "data.sock", ["serve"] + arguments, redirections: redirections)
        try await daemon.untilReady()
        return daemon
    }

    /// Runs `reliefd` with a verb that ends; its exit code, output and complaints.
    func run(_ data: String, socket: String? = nil, _ arguments: [String]) async throws -> (Int32, String, String) {
        let daemon = try launch(data, socket: socket ?? "\(data).sock", arguments)
        let status = await daemon.untilEnded()
        return (status, daemon.output, daemon.complaints)
    }

    private func launch(
        _ data: String, socket: String, _ arguments: [String], redirections: String = ""
    ) throws -> DaemonProcess {
        let daemon = try DaemonProcess(
            folder: folder, data: folder.appending(path: data), socket: folder.appending(path: socket).path,
            arguments: arguments, redirections: redirections)
        daemons.withLock { $0.append(daemon) }
        return daemon
    }

    private func end() async {
        for daemon in daemons.withLock({ $0 }) {
            daemon.send(SIGTERM)
            _ = await daemon.untilEnded()
        }
        try? FileManager.default.removeItem(at: folder)
    }
}

/// A running `reliefd`, as built beside the tests.
final class DaemonProcess: Sendable {
    /// The daemon ended or never became ready.
    struct Failure: Error {
        let words: String
    }

    let data: URL
    let endpoint: Endpoint
    private let process: Process
    private let log: URL
    private let state = Mutex(State())
    private let ended: AsyncStream<Void>

    private struct State {
        var output = ""
        var waiters: [(count: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var isOver = false
    }

    fileprivate init(folder: URL, data: URL, socket: String, arguments: [String], redirections: String) throws {
        self.data = data
        endpoint = .unix(path: socket)
        log = folder.appending(path: "\(UUID().uuidString).log")
        process = Process()
        let words = try [Built.path("reliefd")] + arguments + ["--data", data.path, "--socket", socket]
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec \"$0\" \"$@\" \(redirections)"] + words
        process.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("RELIEF_") || $0.key == "RELIEF_PG_BIN"
        }
        try Data().write(to: log)
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        self.ended = ended
        process.terminationHandler = { _ in end.finish() }
        let reading = output.fileHandleForReading
        try process.run()
        Thread.detachNewThread { [self] in
            while true {
                let piece = reading.availableData
                if piece.isEmpty { break }
                hear(String(decoding: piece, as: UTF8.self))
            }
            over()
        }
    }

    var client: ReliefClient { ReliefClient(endpoint: endpoint) }
    var processID: Int32 { process.processIdentifier }
    var output: String { state.withLock { $0.output } }
    var complaints: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) {
        if process.isRunning { kill(process.processIdentifier, signal) }
    }

    /// Waits for the end of the process; gives its exit code, or 128 and more for a signal.
    func untilEnded() async -> Int32 {
        for await _ in ended {}
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Waits until the daemon said `times` times that it is ready.
    func untilReady(times: Int = 1) async throws {
        let isReady = await withCheckedContinuation { continuation in
            state.withLock { $0.waiters.append((times, continuation)) }
            hear("")
        }
        guard isReady else { throw Failure(words: output + complaints) }
    }

    /// Asks `/readyz` until it answers as the caller means: 200 or 503, with its words; nil while nobody listens.
    func untilReadyz(_ isMeant: (String?) -> Bool) async {
        guard case .unix(let path) = endpoint else { return }
        // Each try is a round trip to the daemon.
        while !Task.isCancelled, !isMeant(Self.readyz(at: path)) { await Task.yield() }
    }

    private static func readyz(at path: String) -> String? {
        guard let socket = try? UnixSocket(connectedTo: path),
            socket.write(Array("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8))
        else { return nil }
        var bytes: [UInt8] = []
        while let piece = socket.read() { bytes += piece }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    private func hear(_ piece: String) {
        state.withLock { state in
            state.output += piece
            let times = state.output.components(separatedBy: "is ready at").count - 1
            for waiter in state.waiters where times >= waiter.count { waiter.continuation.resume(returning: true) }
            state.waiters.removeAll { times >= $0.count }
            guard state.isOver else { return }
            for waiter in state.waiters { waiter.continuation.resume(returning: false) }
            state.waiters = []
        }
    }

    private func over() {
        state.withLock { $0.isOver = true }
        hear("")
    }
}
