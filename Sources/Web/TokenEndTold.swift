import Contract
import HTTPTypes
import Hummingbird

/// Tells whoever comes with a token that ends soon when that is, beside every answer and refusal.
struct TokenEndTold: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: WebContext, next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        if let end = context.besides.tokenEnd { response.headers[.tokenExpires] = Timestamp.text(end) }
        return response
    }
}

extension HTTPField.Name {
    static let tokenExpires = HTTPField.Name(TokenEnd.header)!
}
