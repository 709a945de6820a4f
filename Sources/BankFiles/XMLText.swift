import FoundationEssentials

/// Writes elements, one byte sequence for one content: no attributes but those given, no spaces, one line per group.
struct XMLText {
    private(set) var bytes: [UInt8] = []
    private var open: [String] = []

    /// Begins a document of an ISO 20022 message.
    static func document(_ message: String) -> XMLText {
        var text = XMLText()
        text.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        text.append("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:\(message)\">")
        text.open.append("Document")
        return text
    }

    mutating func begin(_ name: String) {
        append("<\(name)>")
        open.append(name)
    }

    mutating func end() {
        append("</\(open.removeLast())>")
    }

    /// Ends everything that is open, and the file.
    mutating func endDocument() {
        while !open.isEmpty { end() }
        newLine()
    }

    /// An element with text, or nothing where there is no text.
    mutating func leaf(_ name: String, _ value: String?, currency: Bool = false) {
        guard let value, !value.isEmpty else { return }
        append(currency ? "<\(name) Ccy=\"CNY\">" : "<\(name)>")
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            default: bytes.append(byte)
            }
        }
        append("</\(name)>")
    }

    /// One element within others: `leaf(in: "Id", "Othr", "Id", text)`.
    mutating func leaf(in outer: String..., element: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        for name in outer { begin(name) }
        leaf(element, value)
        for _ in outer { end() }
    }

    mutating func newLine() { bytes.append(UInt8(ascii: "\n")) }

    /// The bytes so far, which are then forgotten.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
