import Client
import Contract
import Foundation
import Hummingbird
import Logging
import Relief
import Synchronization
import Web

/// What a stand-in for the domain was asked.
struct Asked: Sendable {
    /// A request that could be read.
    struct Call: Sendable {
        let operation: any Contract.Operation
        let key: String?
        let dryRun: Bool
    }

    var credentials: [Credentials] = []
    var calls: [Call] = []
}

/// A failure that is no refusal.
struct Defect: Error {
    let secret = "password of the database"
}

/// The API on a unix socket of its own, before a stand-in for the domain.
struct LiveAPI {
    let endpoint: Endpoint
    let folder: URL
    let asked: Mutexed<Asked>

    func client(token: String? = nil) -> ReliefClient {
        ReliefClient(endpoint: endpoint, token: token)
    }

    static func with<R: Sendable>(
        limits: WebSettings.Limits = .init(), also: [any Contract.Operation.Type] = [],
        _ body: @escaping @Sendable (LiveAPI) async throws -> R
    ) async throws -> R {
        let folder = URL(fileURLWithPath: "/tmp/relief-web-\(UUID().uuidString.prefix(8))", isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder.appending(path: "tile/0"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let api = LiveAPI(
            endpoint: .unix(path: folder.appending(path: "reliefd.sock").path), folder: folder, asked: Mutexed(Asked()))
        let (listening, signal) = AsyncStream.makeStream(of: Void.self)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let application = try Web.application(
            api.doorway(also), settings: WebSettings(version: "test", limits: limits, logFolder: folder.path),
            endpoint: api.endpoint, logger: logger, onListening: { signal.finish() })
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await _ in listening {}
            defer { group.cancelAll() }
            return try await body(api)
        }
    }

    /// The time at which whoever asks is let in.
    static let now = Date(timeIntervalSince1970: 1_782_867_600)

    private func doorway(_ also: [any Contract.Operation.Type]) -> Doorway {
        Doorway(
            operations: Catalogue.operations + also,
            authenticate: { [asked] credentials in
                asked.change { $0.credentials.append(credentials) }
                if case .token(let token) = credentials, !["good", "auditor", "ending"].contains(token) {
                    throw Refusal.unauthenticated(Phrase(asGiven: "This token isn't known."))
                }
                var principal = Principal(
                    user: UUID(), login: "wang.fang", name: "王芳", person: nil,
                    grants: [.init(role: .caseWorker, organisation: "ah", path: "cn.ah")], credential: .peer(uid: 1000))
                if case .token(let token) = credentials {
                    let days = token == "ending" ? 13.0 : 15
                    principal.token = HeldToken(
                        id: UUID(), expiresAt: Self.now.addingTimeInterval(days * 86_400), notCarried: [], now: Self.now
                    )
                }
                return principal
            },
            authorise: { [asked] _, _ in
                if case .token("auditor")? = asked.value.credentials.last {
                    throw Refusal.forbidden(Phrase(asGiven: "It takes another permission."))
                }
            },
            respond: { [asked] request, principal in
                let call = Asked.Call(
                    operation: try request.read(request.operation), key: request.key, dryRun: request.dryRun)
                asked.change { $0.calls.append(call) }
                return try JSON.encode(try Self.answer(call, of: principal, asked))
            })
    }

    private static func answer(
        _ call: Asked.Call, of principal: Principal, _ asked: Mutexed<Asked>
    ) throws -> any Encodable {
        switch call.operation {
        case is WhoAmI:
            return UserView(login: principal.login, name: "王芳", disabled: false, grants: [])
        case is RenewToken:
            return RenewedToken(
                token: "good", user: "wang.fang", expiresAt: Self.now.addingTimeInterval(90 * 86_400),
                oldExpiresAt: Self.now.addingTimeInterval(86_400))
        case let list as ListCases where list.programme == "P04": return Page<CaseSummary>(items: [.wang, .li])
        case let list as ListCases: return Page<CaseSummary>(items: [], next: list.search)
        case let show as ShowCase where show.case.hasPrefix("R-"): return CaseView.waiting(show.case)
        case let decide as DecideCase: return CaseView.waiting(decide.case)
        case let submit as SubmitCase where submit.case == "R-1":
            throw Refusal.conflict(
                Phrase(asGiven: "Case R-1 is not complete."), field: "case", details: [Phrase(asGiven: "missing: 病种")])
        case let submit as SubmitCase: return CaseView.waiting(submit.case)
        case let show as ShowCase:
            throw Refusal.notFound(Phrase(asGiven: "There is no case \(show.case)."), field: "case")
        default:
            let wanted = try Route.request(for: call.operation).target
            let time = try asked.value.calls.count { try Route.request(for: $0.operation).target == wanted }
            if let answer = try EngineRoom.answer(call.operation, time: time) { return answer }
            throw Defect()
        }
    }
}

/// A value that several tasks change.
final class Mutexed<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    func change(_ body: (inout Value) -> Void) { state.withLock { body(&$0) } }
}
