package import FoundationEssentials

/// What somebody typed for the fields of an operation, by field, in order; read into it as its fields' types ask.
package struct TypedFields: Sendable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case bytes(Data)
    }

    package var values: [String: [Value]]

    package init(_ values: [String: [Value]] = [:]) {
        self.values = values
    }

    /// Refuses, by the name under which it is typed, what isn't of its field's type and what is missing.
    package func read<O: Operation>(_ type: O.Type) throws -> O {
        try O(
            from: AskingDecoder(of: O.name) { kind, field, isRequired in
                try TypedField(name: field, note: O.note(of: field), values: values[field] ?? [])
                    .value(of: kind, isRequired: isRequired)
            })
    }
}

/// A list that is typed value by value.
private protocol WrittenList: Decodable {
    static func read(_ texts: [String], of field: TypedField) throws -> Self
}

extension Array: WrittenList where Element: Written {
    fileprivate static func read(_ texts: [String], of field: TypedField) throws -> [Element] {
        try texts.map { try field.read(Element.self, $0) }
    }
}

/// Facts, `name=value`, each once: of two values nobody knows which was meant. `name=` takes one away.
extension Dictionary: WrittenList where Key == String, Value == JSONValue {
    fileprivate static func read(_ texts: [String], of field: TypedField) throws -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw field.mustBe(Phrase("name=value", "名称=值"), not: text)
            }
            let (name, value) = (String(text[..<equals]), String(text[text.index(after: equals)...]))
            guard values.updateValue(value.isEmpty ? .null : .string(value), forKey: name) == nil else {
                throw Refusal.doubled("\(field.name).\(name)")
            }
        }
        return values
    }
}

/// One field with what was typed for it.
private struct TypedField {
    let name: String
    let note: FieldNote?
    let values: [TypedFields.Value]

    /// As it is called where it is typed.
    private var shown: String { note?.name ?? name }

    private var texts: [String] {
        values.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    /// nil: a field that needn't be there wasn't typed.
    func value(of type: any Decodable.Type, isRequired: Bool) throws -> (any Decodable)? {
        if let list = type as? any WrittenList.Type {
            return values.isEmpty && !isRequired ? nil : try list.read(texts, of: self)
        }
        switch values.last {
        case .bytes(let data) where type is Data.Type: return data
        case .text(let text): return try read(type, text)
        default: break
        }
        if note?.entry == .flag { return isRequired ? false : nil }
        guard isRequired else { return nil }
        if let usual = note?.usual { return try read(type, usual) }
        throw Refusal.invalid(
            Phrase(
                "--\(shown.dashed) is missing: \(note?.text.en ?? "")", "缺少 --\(shown.dashed)：\(note?.text.zh ?? "")"),
            field: name)
    }

    func read<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        guard let written = type as? any Written.Type else {
            throw SchemaError(description: "\(name) is a \(type), which can't be typed: let it conform to Written.")
        }
        guard let value = written.init(written: text) as? T else { throw mustBe(written.written, not: text) }
        return value
    }

    func mustBe(_ form: Phrase, not text: String) -> Refusal {
        let typed = text.prefix(60)
        return .invalid(
            Phrase(
                "--\(shown.dashed) must be \(form.en), not “\(typed)”.", "--\(shown.dashed) 应为\(form.zh)，不是“\(typed)”。"),
            field: name)
    }
}

extension String {
    /// A field's name as an option is written: `executeOn` as `execute-on`.
    package var dashed: String {
        reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
    }
}
