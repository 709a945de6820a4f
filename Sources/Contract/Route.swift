package import FoundationEssentials

/// Where an operation stands in the HTTP API. A name in braces is one of the operation's fields; path, and then query
/// string (GET) or JSON body (POST), are together all its fields.
package struct Route: Sendable, Hashable {
    package enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
    }

    package let method: Method
    /// `/v1/cases/{case}/decide`
    package let path: String

    package init(_ method: Method, _ path: String) {
        self.method = method
        self.path = path
    }

    package static func get(_ path: String) -> Route { Route(.get, path) }
    package static func post(_ path: String) -> Route { Route(.post, path) }

    /// The fields that stand in the path, in order.
    package var parameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }.map {
            String($0.dropFirst().dropLast())
        }
    }

    /// Whether a request's path is this route's, whatever it gives to the fields.
    package func covers(_ path: some StringProtocol) -> Bool {
        let wanted = self.path.split(separator: "/")
        let given = path.split(separator: "/")
        return given.count == wanted.count && zip(given, wanted).allSatisfy { $1.hasPrefix("{") || $0 == $1 }
    }

    /// The values, decoded, that the path of a request gives to the route's fields.
    package func values(in path: some StringProtocol) throws -> [String: String] {
        let wanted = self.path.split(separator: "/")
        let given = path.split(separator: "/")
        guard given.count == wanted.count else {
            throw Refusal.notFound(
                Phrase(
                    "There is nothing at \(path).",
                    "没有 \(path) 这个地址。"))
        }
        var values: [String: String] = [:]
        for (given, wanted) in zip(given, wanted) where wanted.hasPrefix("{") {
            let name = String(wanted.dropFirst().dropLast())
            guard let value = PercentEncoding.decode(given) else {
                throw Refusal.invalid(
                    Phrase(
                        "“\(given)” is not percent-encoded UTF-8.",
                        "“\(given)”不是百分号编码的 UTF-8。"), field: name)
            }
            values[name] = value
        }
        return values
    }
}

/// An operation written as an HTTP request, without its headers.
package struct RouteRequest: Sendable {
    package let method: Route.Method
    /// Path and query string, percent-encoded.
    package let target: String
    package let body: Data?
}

extension Route {
    /// Writes an operation as a request.
    package static func request<O: Operation>(for operation: O) throws -> RouteRequest {
        guard case .object(var fields) = try JSON.decode(JSONValue.self, from: JSON.encode(operation)) else {
            throw Refusal.invalid(
                Phrase(
                    "\(O.name) has no fields by name, so that it can't be sent.",
                    "\(O.name) 没有具名字段，无法发送。"))
        }
        var target = ""
        for segment in O.route.path.split(separator: "/") {
            target += "/"
            guard segment.hasPrefix("{") else {
                target += segment
                continue
            }
            let name = String(segment.dropFirst().dropLast())
            guard let text = fields.removeValue(forKey: name).flatMap(Self.text), !text.isEmpty else {
                throw Refusal.invalid(
                    Phrase(
                        "\(O.name) needs “\(name)”.",
                        "\(O.name) 须给出“\(name)”。"), field: name)
            }
            target += PercentEncoding.encode(text)
        }
        switch O.route.method {
        case .post:
            return RouteRequest(method: .post, target: target, body: try JSON.encode(JSONValue.object(fields)))
        case .get:
            let pairs = fields.sorted { $0.key < $1.key }.compactMap { field in
                Self.text(field.value).map { "\(field.key)=\(PercentEncoding.encode($0))" }
            }
            if !pairs.isEmpty { target += "?" + pairs.joined(separator: "&") }
            return RouteRequest(method: .get, target: target, body: nil)
        }
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .bool(let flag): String(flag)
        case .null, .array, .object: nil
        }
    }
}
