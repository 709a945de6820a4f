package import Contract
package import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Speaks with the daemon over its unix socket or TCP: HTTP/1.1, connections kept and used again.
package final class ReliefClient: Sendable {
    /// How much and how long a client takes.
    package struct Limits: Sendable {
        /// Bytes of one answer.
        package var response: Int
        package var connect: Duration
        /// From sending a request to the end of its answer.
        package var answer: Duration

        package init(
            response: Int = 1 << 30, connect: Duration = .seconds(5), answer: Duration = .seconds(600)
        ) {
            (self.response, self.connect, self.answer) = (response, connect, answer)
        }
    }

    package let endpoint: Endpoint
    private let token: String?
    private let language: Language
    private let limits: Limits
    private let idle = Mutex<[any Channel]>([])
    private let end = Mutex<Date?>(nil)

    /// When the token ends, as the last answer told; nil where that isn't soon, or no token is sent.
    package var tokenEnd: Date? { end.withLock { $0 } }

    package init(
        endpoint: Endpoint, token: String? = nil, language: Language = .english, limits: Limits = Limits()
    ) {
        self.endpoint = endpoint
        self.token = token
        self.language = language
        self.limits = limits
    }

    deinit {
        for channel in idle.withLock({ $0 }) { channel.close(promise: nil) }
    }

    /// Sends an operation and gives its reply. A command always goes out with a key, its own where none is given, so that
    /// it is safe to send again; a query's key and dry run mean nothing.
    ///
    /// Throws a `Refusal`: the daemon's, or `unavailable` where it can't be reached or its answer was lost.
    package func send<O: Operation>(_ operation: O, key: String? = nil, dryRun: Bool = false) async throws -> O.Reply {
        let request = try Route.request(for: operation)
        var headers: [(String, String)] = [
            ("Accept", "application/json, \(Problem.mediaType)"), ("Accept-Language", language.rawValue),
        ]
        let key = operation is any Command ? key ?? UUID().uuidString : nil
        if let key { headers.append(("Idempotency-Key", key)) }
        if dryRun { headers.append(("Relief-Dry-Run", "1")) }
        if request.body != nil { headers.append(("Content-Type", "application/json")) }
        let response: ClientResponse
        do {
            response = try await exchange(request.method.rawValue, request.target, headers, request.body)
        } catch let lost as LostAnswer {
            throw unavailable(lost, key: dryRun ? nil : key)
        }
        let body = try accepted(response)
        do {
            return try JSON.decode(O.Reply.self, from: body)
        } catch {
            throw Refusal(
                .internal,
                Phrase(
                    "reliefd answered \(O.name) with something that this relief can't read; are they one version?",
                    "reliefd 对 \(O.name) 的答复无法识别；两者是同一版本吗？"),
                details: [Phrase(asGiven: String(describing: error))])
        }
    }

    /// Fetches a file as it stands: tiles and checkpoints of the log, metrics, the OpenAPI document.
    package func get(_ path: String) async throws -> Data {
        do {
            return try accepted(try await exchange("GET", path, [], nil))
        } catch let lost as LostAnswer {
            throw unavailable(lost, key: nil)
        }
    }

    private func accepted(_ response: ClientResponse) throws -> Data {
        if (200..<300).contains(response.status) { return response.body }
        if let problem = try? JSON.decode(Problem.self, from: response.body) { throw problem.refusal }
        throw Refusal(
            response.status == 404 ? .notFound : .unavailable,
            Phrase(
                "\(endpoint) answered with status \(response.status), and not as reliefd does; is it reliefd?",
                "\(endpoint) 答复的状态为 \(response.status)，与 reliefd 不符；它是 reliefd 吗？"))
    }

    private func unavailable(_ lost: LostAnswer, key: String?) -> Refusal {
        var refusal = Refusal.unavailable(
            Phrase(
                "reliefd at \(endpoint) \(lost.what.en).",
                "\(endpoint) 的 reliefd \(lost.what.zh)。"))
        if let key {
            refusal.particulars = [
                Phrase(
                    "Ask again with --key \(key): the command is done once, and the answer tells what became of it.",
                    "请用 --key \(key) 再问一次：同一命令只执行一次，答复会说明结果。")
            ]
        }
        return refusal
    }
}

extension ReliefClient {
    /// One request and its answer. Where a kept connection turns out closed, a fresh one is tried, once: all that is sent
    /// either reads or bears a key.
    private func exchange(
        _ method: String, _ target: String, _ headers: [(String, String)], _ body: Data?
    ) async throws -> ClientResponse {
        if let kept = idle.withLock({ $0.popLast() }) {
            do {
                return try await exchange(on: kept, method, target, headers, body)
            } catch let lost as LostAnswer where lost.again {
                // The daemon closed it while it was idle.
            }
        }
        return try await exchange(on: try await connect(), method, target, headers, body)
    }

    private func exchange(
        on channel: any Channel, _ method: String, _ target: String, _ headers: [(String, String)], _ body: Data?
    ) async throws -> ClientResponse {
        var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: target)
        head.headers.add(name: "Host", value: host)
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        if let token { head.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { head.headers.add(name: "Content-Length", value: String(body.count)) }
        let promise = channel.eventLoop.makePromise(of: ClientResponse.self)
        let call = ClientCall(
            head: head, body: body.map { ByteBuffer(bytes: $0) }, limit: limits.response,
            deadline: .now() + TimeAmount(limits.answer), promise: promise)
        // A connection that was closed while it was idle has no handler any more: only the write says so.
        channel.writeAndFlush(call).whenFailure {
            promise.fail(LostAnswer(what: Phrase("closed the connection (\($0))", "断开了连接（\($0)）"), again: true))
        }
        let response = try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            channel.close(promise: nil)
        }
        end.withLock { $0 = response.tokenEnd }
        if response.keepAlive {
            idle.withLock { $0.append(channel) }
        } else {
            channel.close(promise: nil)
        }
        return response
    }

    private var host: String {
        switch endpoint {
        case .unix: "localhost"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    private func connect() async throws -> any Channel {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(limits.connect))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(CallHandler())
                }
            }
        do {
            switch endpoint {
            case .unix(let path): return try await bootstrap.connect(unixDomainSocketPath: path).get()
            case .tcp(let host, let port): return try await bootstrap.connect(host: host, port: port).get()
            }
        } catch {
            throw Refusal(
                .unavailable,
                Phrase(
                    "reliefd doesn't answer at \(endpoint): start it with “reliefd serve”, or say where it is with --url or RELIEF_URL.",
                    "\(endpoint) 的 reliefd 没有应答：请用“reliefd serve”启动，或用 --url 或 RELIEF_URL 指明地址。"),
                details: [Phrase(asGiven: String(describing: error))])
        }
    }
}
