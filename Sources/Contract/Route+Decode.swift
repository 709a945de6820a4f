package import FoundationEssentials
import WorkingDays

extension Route {
    /// Reads an operation from a request: fields of the path (decoded), query string (encoded), body. A value that isn't
    /// of its field's type, a missing and an unknown field are refused by name.
    package static func decode<O: Operation>(
        _ type: O.Type, parameters: [String: String], query: String?, body: Data
    ) throws -> O {
        let fields = try OperationFields.of(type)
        let properties = fields.properties
        var given: [(name: String, value: JSONValue)] = []
        for (name, text) in parameters.sorted(by: { $0.key < $1.key }) {
            given.append((name, try value(text, name, properties)))
        }
        for (name, text) in try pairs(query) {
            guard O.route.method == .get else {
                throw Refusal.invalid(
                    Phrase(
                        "\(O.name) takes no query string.",
                        "\(O.name) 不接受查询参数。"), field: name)
            }
            guard !given.contains(where: { $0.name == name }) else { throw Refusal.doubled(name) }
            given.append((name, try value(text, name, properties)))
        }
        let object = try splice(given, into: O.route.method == .get ? Data() : body, of: type, properties)
        try fields.refuseUnknownInside(object)
        try IntegerBounds.require(properties, in: object)
        do {
            return try JSON.decode(type, from: object)
        } catch let error as DecodingError {
            throw refusal(error, properties)
        }
    }

    private static func pairs(_ query: String?) throws -> [(name: String, value: String)] {
        guard let query, !query.isEmpty else { return [] }
        guard let pairs = PercentEncoding.query(query) else {
            throw Refusal.invalid(
                Phrase(
                    "The query string is not percent-encoded UTF-8.",
                    "查询参数不是百分号编码的 UTF-8。"))
        }
        return pairs
    }

    private static func value(_ text: String, _ name: String, _ properties: [SchemaProperty]) throws -> JSONValue {
        guard let property = properties.first(where: { $0.name == name }) else { throw unknown(name, properties) }
        switch property.schema {
        case .integer:
            guard let number = Int64(decimal: text) else {
                throw Refusal.invalid(
                    Phrase(
                        "“\(text)” is no whole number for “\(name)”.",
                        "“\(name)”应为整数，不是“\(text)”。"), field: name)
            }
            return .int(number)
        case .boolean:
            guard let flag = Bool(text) else {
                throw Refusal.invalid(
                    Phrase(
                        "“\(text)” is neither true nor false for “\(name)”.",
                        "“\(name)”应为 true 或 false，不是“\(text)”。"), field: name)
            }
            return .bool(flag)
        default: return .string(try RequestText.visible(text, of: name))
        }
    }

    /// The body with the fields of the path put in front, byte by byte, so that a large body is read only once.
    private static func splice<O: Operation>(
        _ given: [(name: String, value: JSONValue)], into body: Data, of type: O.Type, _ properties: [SchemaProperty]
    ) throws -> Data {
        var fields: [String] = []
        let body = try RequestText.checked(body)
        if !body.isEmpty {
            do {
                fields = try JSON.decode(FieldNames.self, from: body).names
            } catch {
                throw Refusal.invalid(
                    Phrase(
                        "The body of \(O.name) is no JSON object.",
                        "\(O.name) 的内容应为 JSON 对象。"), details: [Phrase(asGiven: String(describing: error))])
            }
        }
        for field in fields {
            guard properties.contains(where: { $0.name == field }) else { throw unknown(field, properties) }
            guard !given.contains(where: { $0.name == field }) else { throw Refusal.doubled(field) }
        }
        guard !given.isEmpty else { return body.isEmpty ? Data("{}".utf8) : body }
        var object = Data("{".utf8)
        for (index, field) in given.enumerated() {
            if index > 0 { object.append(UInt8(ascii: ",")) }
            object.append(try JSON.encode(field.name))
            object.append(UInt8(ascii: ":"))
            object.append(try JSON.encode(field.value))
        }
        guard !fields.isEmpty, let brace = body.firstIndex(of: UInt8(ascii: "{")) else {
            return object + Data("}".utf8)
        }
        return object + Data(",".utf8) + body[(brace + 1)...]
    }

    private static func unknown(_ name: String, _ properties: [SchemaProperty]) -> Refusal {
        guard !properties.isEmpty else {
            return .invalid(Phrase("There is no field “\(name)”.", "没有字段“\(name)”。"), field: name)
        }
        let known = properties.map(\.name)
        return .invalid(
            Phrase(
                "There is no field “\(name)”; there are: \(known.joined(separator: ", ")).",
                "没有字段“\(name)”；有：\(known.joined(separator: "、"))。"), field: name)
    }
}

extension Route {
    private static func refusal(_ error: DecodingError, _ properties: [SchemaProperty]) -> Refusal {
        switch error {
        case .keyNotFound(let key, let context):
            let field = path(context.codingPath + [key])
            return .invalid(
                Phrase(
                    "“\(field)” is missing.",
                    "缺少“\(field)”。"), field: field)
        case .typeMismatch(let type, let context):
            let field = path(context.codingPath)
            let form = form(of: type)
            return .invalid(Phrase("“\(field)” must be \(form.en).", "“\(field)”应为\(form.zh)。"), field: field)
        case .valueNotFound(let type, let context):
            let field = path(context.codingPath)
            let form = form(of: type)
            return .invalid(
                Phrase("“\(field)” is null, but must be \(form.en).", "“\(field)”为 null，应为\(form.zh)。"), field: field)
        case .dataCorrupted(let context):
            let field = path(context.codingPath)
            if context.codingPath.count == 1,
                case .choice(let names) = properties.first(where: { $0.name == field })?.schema
            {
                return .invalid(
                    Phrase(
                        "“\(field)” must be one of \(names.joined(separator: ", ")).",
                        "“\(field)”应为下列之一：\(names.joined(separator: "、"))。"), field: field)
            }
            return .invalid(
                Phrase(context.debugDescription, "“\(field)”的值无法识别（\(context.debugDescription)）。"),
                field: field.isEmpty ? nil : field)
        @unknown default:
            return .invalid(
                Phrase(
                    "The input can't be read.",
                    "无法读取输入。"))
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }

    private static func form(of type: Any.Type) -> Phrase {
        switch type {
        case is String.Type: Phrase("text", "文字")
        case is Bool.Type: Phrase("true or false", "true 或 false")
        case is Int.Type, is Int64.Type: Phrase("a whole number", "整数")
        case is [String: Any].Type: Phrase("an object", "对象")
        case is [Any].Type: Phrase("a list", "列表")
        default: Phrase("a \(type)", "\(type)")
        }
    }
}

/// The names in a JSON object, read without its values.
private struct FieldNames: Decodable {
    let names: [String]

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        names = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
    }
}
