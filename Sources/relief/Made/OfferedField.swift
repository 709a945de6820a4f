import ArgumentParser
import Contract
import FoundationEssentials
import Terminal

/// A field as the parser of the command line takes it: everything is text there, and read as its type asks later.
struct OfferedField {
    let name: String
    let note: FieldNote
    private let property: SchemaProperty

    var schema: JSONSchema { property.schema }

    /// The fields of an operation that are typed.
    static func of<Asked: Contract.Operation>(_ type: Asked.Type) -> [OfferedField] {
        // That every operation has a schema and every field a note is held by a test.
        let properties = (try? OperationFields.of(type).properties) ?? []
        return properties.compactMap { property in
            let note = type.note(of: property.name) ?? FieldNote("", "")
            guard note.entry != .told, note.entry != .fileName else { return nil }
            return OfferedField(name: property.name, note: note, property: property)
        }
    }

    private enum Shape { case flag, one, perhaps, many }

    private var shape: Shape {
        switch schema {
        case _ where note.entry == .flag: .flag
        case .array, .dictionary: .many
        default: property.required && note.usual == nil && note.entry != .mediaType ? .one : .perhaps
        }
    }

    /// What the parser finds in the mirror of a command.
    var option: Any {
        let name = NameSpecification.customLong((note.name ?? name).dashed)
        switch shape {
        case .flag: return Flag(wrappedValue: false, name: name, help: help)
        case .one: return Option<String>(name: name, help: help, completion: completion)
        case .perhaps: return Option<String?>(name: name, help: help, completion: completion)
        case .many: return Option<[String]>(wrappedValue: [], name: name, help: help, completion: completion)
        }
    }

    /// What was typed for it.
    func parsed(in values: KeyedDecodingContainer<FieldKey>) throws -> [TypedFields.Value] {
        let key = FieldKey(stringValue: name)
        switch shape {
        case .flag: return try values.decode(Flag<Bool>.self, forKey: key).wrappedValue ? [.text("true")] : []
        case .one: return [.text(try values.decode(Option<String>.self, forKey: key).wrappedValue)]
        case .perhaps:
            return try values.decode(Option<String?>.self, forKey: key).wrappedValue.map { [.text($0)] } ?? []
        case .many: return try values.decode(Option<[String]>.self, forKey: key).wrappedValue.map { .text($0) }
        }
    }

    /// What stands in a file, as the field takes it; nil: nothing, for a look at the other fields.
    func content(of file: String?) throws -> TypedFields.Value {
        schema == .string(nil)
            ? .text(try file.map(Files.text) ?? "") : .bytes(try file.map(Files.data) ?? Data())
    }

    private var help: ArgumentHelp {
        var words = [note.text]
        if case .choice(let names) = schema {
            let titles = names.map { property.titles[$0]?.zh ?? $0 }
            words.append(Phrase(names.joined(separator: ", ") + ".", titles.joined(separator: "、") + "。"))
        }
        if let usual = note.usual { words.append(Phrase("Default: \(usual).", "默认：\(usual)。")) }
        return ArgumentHelp(words.joined().shown, valueName: note.entry == .file ? "file" : nil)
    }

    private var completion: CompletionKind? {
        switch schema {
        case _ where note.entry == .file: .file()
        case .choice(let names): .list(names)
        default: nil
        }
    }
}

extension Contract.Operation {
    /// What help says of a field, for the verbs by hand.
    static func help(_ field: String) -> ArgumentHelp { ArgumentHelp(note(of: field)?.text.shown ?? "") }
}

extension ArgumentHelp {
    /// In the language of the terminal.
    init(_ english: String, _ chinese: String, valueName: String? = nil) {
        self.init(Phrase(english, chinese).shown, valueName: valueName)
    }
}

struct FieldKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
