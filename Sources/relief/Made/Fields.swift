import ArgumentParser
import Contract
import FoundationEssentials
import Output
import Terminal

/// The fields of an operation as options.
///
/// The parser finds a command's options by mirroring an empty value of it, and gives what it parsed by the mirror's labels:
/// so the options of an operation needn't be written down a second time.
struct Fields<Asked: Contract.Operation>: ParsableArguments, CustomReflectable {
    private(set) var typed = TypedFields()

    init() {}

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: FieldKey.self)
        for field in OfferedField.of(Asked.self) { typed.values[field.name] = try field.parsed(in: values) }
    }

    var customMirror: Mirror {
        Mirror(self, children: OfferedField.of(Asked.self).map { (label: $0.name, value: $0.option) })
    }

    /// What isn't of its field's type is said with the rest of the command line, before anything is read or sent.
    func validate() throws {
        _ = try unread { try filled(readingFiles: false).read(Asked.self) }
    }

    /// The operation that was typed, with the files and the secret numbers that it names read. What can't be read is an
    /// error of the command line; a file that can't be is a refusal.
    func operation() throws -> Asked {
        let whole = try filled(readingFiles: true)
        return try unread { try whole.read(Asked.self) }
    }

    private func unread(_ read: () throws -> Asked) throws -> Asked {
        do {
            return try read()
        } catch let refusal as Refusal {
            throw ValidationError(refusal.phrase.shown)
        }
    }

    private func filled(readingFiles: Bool) throws -> TypedFields {
        var filled = typed
        for field in OfferedField.of(Asked.self) {
            guard case .text(let text)? = typed.values[field.name]?.last else { continue }
            switch field.note.entry {
            case .secret where readingFiles:
                filled.values[field.name] = [.text(try Standard.secret(text, field: field.name))]
            case .file:
                filled.values[field.name] = [try field.content(of: readingFiles ? text : nil)]
                fill(.fileName, Files.name(text), &filled)
                fill(.mediaType, Files.mediaType(text), &filled)
            case .secret, .typed, .flag, .fileName, .mediaType, .told: break
            }
        }
        return filled
    }

    /// What the name of the file tells of another field that wasn't typed.
    private func fill(_ entry: FieldNote.Entry, _ text: String, _ filled: inout TypedFields) {
        let properties = (try? OperationFields.of(Asked.self).properties) ?? []
        for property in properties where Asked.note(of: property.name)?.entry == entry {
            if filled.values[property.name, default: []].isEmpty { filled.values[property.name] = [.text(text)] }
        }
    }
}
