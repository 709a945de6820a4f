import FoundationEssentials
import WorkingDays

/// The texts of a request, looked at before it is decoded, so that what holds for all of them is said in one place.
enum RequestText {
    /// Fields whose own rule refuses what has no place in them, and names it; from every other text what can't be seen is
    /// taken away.
    private static let names: Set<String> = ["name", "holder", "accountHolder", "bank", "relation"]

    /// Fields that hold a file; every other text is a sentence at most, and bounded.
    private static let files: Set<String> = ["csv", "content", "text"]
    /// Bytes of a text that is no file: 4,000 characters of four bytes each.
    static let longest = 16_384

    /// The document without what can't be seen in its texts. Refuses texts that are too long or hold U+0000.
    ///
    /// Refuses an object, however deep it stands, that gives a name twice, also where one of the two is written with
    /// escapes: a decoder takes one value and drops the other without a word, and which one was meant nobody knows
    /// (RFC 8259, section 4). Refuses also a number that isn't written in digits alone: `1e5` and `100.0` are whole
    /// numbers to one reader and an error to the next, and no amount hangs on which of them reads.
    /// What is no JSON at all is left to the decoder.
    static func checked(_ document: Data) throws -> Data {
        var scan = Scan(bytes: Array(document))
        var isClean = true
        while let piece = scan.next() {
            switch piece {
            case .name(let name):
                guard scan.levels[scan.levels.count - 1].names.insert(name).inserted else {
                    throw Refusal.doubled(scan.path)
                }
                try check(name, at: scan.path)
            case .number(let text):
                guard Int64(decimal: text) != nil else { throw Refusal.notWhole(text, at: scan.path) }
            case .text(let text):
                try check(text, at: scan.path, isFile: files.contains(scan.path))
                isClean = isClean && text.utf8.count == FreeText.visible(text).utf8.count
            }
        }
        guard !isClean, case .object(let fields)? = try? JSON.decode(JSONValue.self, from: document) else {
            return document
        }
        return try JSON.encode(
            JSONValue.object(
                Dictionary(uniqueKeysWithValues: fields.map { ($0, names.contains($0) ? $1 : visible($1)) })))
    }

    /// A field of the address.
    static func visible(_ text: String, of field: String) throws -> String {
        try check(text, at: field)
        return names.contains(field) ? text : FreeText.visible(text)
    }

    private static func check(_ text: String, at field: String, isFile: Bool = false) throws {
        guard isFile || text.utf8.count <= longest else { throw Refusal.tooLong(text, at: field) }
        guard !text.utf8.contains(0) else { throw Refusal.zero(at: field) }
    }

    private static func visible(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(FreeText.visible(text))
        case .array(let values): .array(values.map(visible))
        case .object(let fields): .object(fields.mapValues(visible))
        case .null, .bool, .int: value
        }
    }

    /// What the scan stops at: a name of an object, a number, and a text that is long or may hold more than plain ASCII.
    private enum Piece {
        case name(String), number(String), text(String)
    }

    /// An object or array that is open at a place.
    private struct Level {
        let isObject: Bool
        var names: Set<String> = []
        /// The name being read, or the place in the array.
        var name = ""
        var index = 0
        var step: String { isObject ? name : String(index) }
    }

    private struct Scan {
        let bytes: [UInt8]
        var place = 0
        var levels: [Level] = []
        /// Whether the next text is a name, and no value.
        var expectsName = false

        /// The next name, with its object open as the last level, or number or text; nil at the end.
        mutating func next() -> Piece? {
            while place < bytes.count {
                let byte = bytes[place]
                if Self.opensNumber(byte) { return .number(number()) }
                place += 1
                guard byte == UInt8(ascii: "\"") else {
                    turn(byte)
                    continue
                }
                let (text, isPlain) = pass()
                if expectsName, !levels.isEmpty {
                    expectsName = false
                    levels[levels.count - 1].name = read(text, isPlain: isPlain)
                    return .name(levels[levels.count - 1].name)
                }
                if !isPlain || text.count > RequestText.longest { return .text(read(text, isPlain: isPlain)) }
            }
            return nil
        }

        private static func opensNumber(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }

        /// Passes the number that begins here, up to what no number holds.
        private mutating func number() -> String {
            let rest = bytes[place...]
            let end = rest.firstIndex { !Self.opensNumber($0) && !"+.eE".utf8.contains($0) } ?? rest.endIndex
            defer { place = end }
            return String(decoding: bytes[place..<end], as: UTF8.self)
        }

        private mutating func turn(_ byte: UInt8) {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                expectsName = byte == UInt8(ascii: "{")
                levels.append(Level(isObject: expectsName))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                expectsName = false
                _ = levels.popLast()
            case UInt8(ascii: ","):
                expectsName = levels.last?.isObject == true
                if !levels.isEmpty { levels[levels.count - 1].index += 1 }
            default: break
            }
        }

        /// Passes the text that begins here: files in base64 are long, and hold nothing to look at.
        private mutating func pass() -> (text: ArraySlice<UInt8>, isPlain: Bool) {
            let start = place
            var isPlain = true
            while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                let isEscape = bytes[place] == UInt8(ascii: "\\")
                if isEscape || bytes[place] >= 0x7F { isPlain = false }
                place += isEscape ? 2 : 1
            }
            let text = bytes[min(start, bytes.count)..<min(place, bytes.count)]
            place += 1
            return (text, isPlain)
        }

        private func read(_ text: ArraySlice<UInt8>, isPlain: Bool) -> String {
            let raw = String(decoding: text, as: UTF8.self)
            return isPlain ? raw : (try? JSON.decode(String.self, from: Data("\"\(raw)\"".utf8))) ?? raw
        }

        /// Where the value that was read last stands.
        var path: String { levels.map(\.step).joined(separator: ".") }
    }
}

extension Refusal {
    /// A name stands twice in a request.
    package static func doubled(_ name: String) -> Refusal {
        .invalid(
            Phrase(
                "“\(name)” is given twice; give it once, with the value that is meant.",
                "“\(name)”给了两次；请只给一次，写要用的那个值。"), field: name)
    }

    static func tooLong(_ text: String, at field: String) -> Refusal {
        .invalid(
            Phrase(
                "“\(field)” must be at most \(RequestText.longest) bytes, not \(text.utf8.count): what is longer is a paper.",
                "“\(field)”最多\(RequestText.longest)字节，现有\(text.utf8.count)字节；更长的内容请作为材料收存。"),
            field: String(field.prefix(200)))
    }

    static func zero(at field: String) -> Refusal {
        .invalid(
            Phrase(
                "“\(field.filter { $0 != "\0" })” holds a character that can't be kept (U+0000): leave it out.",
                "“\(field.filter { $0 != "\0" })”含有不能保存的字符（U+0000），请去掉。"), field: field.filter { $0 != "\0" })
    }

    /// A number of a request isn't written in digits alone, or is larger than any that is kept.
    static func notWhole(_ text: String, at field: String) -> Refusal {
        .invalid(
            Phrase(
                "“\(field)” is \(text); give a whole number in digits, without point or exponent (an amount is in fen).",
                "“\(field)”是\(text)；请只用数字写整数，不用小数点和指数（金额以分为单位）。"), field: field)
    }
}
