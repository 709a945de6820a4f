import Contract
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Relief
import WorkingDays

/// The routes of the API, one for each operation: read the request, ask the door, write the reply.
struct OperationRoutes {
    let doorway: Doorway
    let limits: WebSettings.Limits

    func add(to router: Router<WebContext>) {
        for operation in doorway.operations { add(operation, to: router) }
    }

    private func add<O: Operation>(_ operation: O.Type, to router: Router<WebContext>) {
        let method: HTTPRequest.Method = O.route.method == .get ? .get : .post
        let limit = min(O.longestBody, limits.body)
        router.on(RouterPath(O.route.path), method: method) { request, context in
            // Who asks comes first: nobody learns from an error what fields an operation has.
            let principal = try await doorway.authenticate(try await context.credentials(request))
            if let token = principal.token, token.endsSoon { context.besides.tokenEnd = token.expiresAt }
            // And whether they may: nobody else's body is taken in.
            try await doorway.authorise(operation, principal)
            let asked = OperationRequest(
                operation, parameters: try O.route.values(in: request.uri.path), query: request.uri.query,
                body: try await body(of: request, operation, limit: limit), key: request.headers[.idempotencyKey],
                dryRun: try isDryRun(request))
            return Response.json(try await doorway.respond(asked, principal))
        }
    }

    private func body<O: Operation>(of request: Request, _ type: O.Type, limit: Int) async throws -> Data {
        guard O.route.method == .post else { return Data() }
        if let length = request.headers[.contentLength].flatMap({ Int(digits: $0) }), length > limit {
            throw tooLarge(type, limit)
        }
        do {
            return Data(try await request.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge(type, limit)
        }
    }

    private func tooLarge<O: Operation>(_ type: O.Type, _ limit: Int) -> Refusal {
        .tooLarge(
            Phrase(
                "The body of \(O.name) must have at most \(limit) bytes: cut the file in parts, or the list.",
                "\(O.name) 的内容最多 \(limit) 字节：请把文件或名单分成几份。"))
    }

    private func isDryRun(_ request: Request) throws -> Bool {
        switch request.headers[.dryRun] {
        case nil, "0": return false
        case "1": return true
        default:
            throw Refusal.invalid(
                Phrase(
                    "Relief-Dry-Run must be 1, or not there.",
                    "Relief-Dry-Run 应为 1，或不写。"), field: "Relief-Dry-Run")
        }
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let dryRun = HTTPField.Name("Relief-Dry-Run")!
}

extension Response {
    static func json(_ value: Data) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: value)))
    }

    static func text(_ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8")
        -> Response
    {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
