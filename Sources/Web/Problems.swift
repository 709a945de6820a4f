import Contract
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Turns every failure into problem+json. What isn't a refusal is internal: logged whole, shown by a number.
struct Problems: RouterMiddleware {
    /// What there is, for whoever asks with another method.
    let routes: [Route]

    @concurrent func handle(
        _ request: Request, context: WebContext, next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let methods = isNotFound(error) ? methods(at: request.uri.path) : []
            let refusal =
                methods.isEmpty
                ? Self.refusal(for: error, path: request.uri.path)
                : Self.wrongMethod(request, takes: methods)
            if refusal.code == .internal {
                context.logger.error(
                    "request.failed",
                    metadata: [
                        "error": "\(String(reflecting: error))", "reference": "\(refusal.reference ?? "")",
                        "method": "\(request.method)", "path": "\(context.endpointPath ?? request.uri.path)",
                    ])
            }
            let language = request.headers[.acceptLanguage].map { Language(accepting: $0) } ?? .english
            var response = try Self.response(refusal, in: language)
            if !methods.isEmpty { response.headers[.allow] = methods.joined(separator: ", ") }
            return response
        }
    }

    /// Nobody's refusal: no route took the request.
    private func isNotFound(_ error: any Error) -> Bool {
        !(error is Refusal) && (error as? any HTTPResponseError)?.status == .notFound
    }

    private func methods(at path: String) -> [String] {
        // As the router has it: a segment that is written out goes before one in braces.
        let covering = Dictionary(grouping: routes.filter { $0.covers(path) }, by: \.parameters.count)
        let nearest = covering.min { $0.key < $1.key }?.value ?? []
        return Set(nearest.map(\.method.rawValue)).sorted()
    }

    private static func wrongMethod(_ request: Request, takes methods: [String]) -> Refusal {
        let (path, method, takes) = (request.uri.path, request.method.rawValue, methods.joined(separator: ", "))
        return Refusal(
            .wrongMethod,
            Phrase(
                "\(path) takes \(takes), not \(method); /openapi.json lists what there is.",
                "\(path) 只接受 \(takes)，不接受 \(method)；可用的接口见 /openapi.json。"))
    }

    /// The refusal that an error is shown as.
    static func refusal(for error: any Error, path: String) -> Refusal {
        switch error {
        case var refusal as Refusal:
            if refusal.code == .internal, refusal.reference == nil { refusal.reference = reference() }
            return refusal
        case let error as any HTTPResponseError where error.status == .notFound:
            return .notFound(
                Phrase(
                    "There is nothing at \(path); /openapi.json lists what there is.",
                    "没有 \(path) 这个地址；/openapi.json 列有全部地址。"))
        case let error as any HTTPResponseError where error.status == .contentTooLarge:
            return .tooLarge(
                Phrase(
                    "The request is too large.",
                    "请求过大。"))
        case let error as any HTTPResponseError where (400..<500).contains(error.status.code):
            return .invalid(
                Phrase(
                    "The request can't be read: \(error.status.reasonPhrase).",
                    "无法读取请求：\(error.status.reasonPhrase)。"))
        case is CancellationError:
            return .unavailable(
                Phrase(
                    "reliefd is stopping; ask again with the same key.",
                    "reliefd 正在停止；请用同一幂等键再试。"))
        default:
            let reference = reference()
            return Refusal(
                .internal,
                Phrase(
                    "reliefd failed; its log has the reason under \(reference).",
                    "reliefd 出错；原因记在其日志的 \(reference) 之下。"), reference: reference)
        }
    }

    static func response(_ refusal: Refusal, in language: Language = .english) throws -> Response {
        var headers: HTTPFields = [.contentType: Problem.mediaType, .cacheControl: "no-store"]
        if refusal.code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        if refusal.code == .unavailable { headers[.retryAfter] = "1" }
        return Response(
            status: .init(code: refusal.code.status, reasonPhrase: refusal.code.title), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: try JSON.encode(Problem(refusal, in: language)))))
    }

    private static func reference() -> String {
        "E-" + UUID().uuidString.prefix(8)
    }
}
