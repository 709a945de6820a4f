import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What a reader of one message does while the file passes by.
protocol XMLMessage: AnyObject {
    /// The elements under `Document` that make it this message, as `CstmrPmtStsRpt`.
    var roots: Set<String> { get }
    /// Where the message's own elements begin; `path` ends with the element's name.
    func open(_ path: XMLPath, attributes: [String: String]) throws
    /// Where they end; `text` is trimmed, and only what stood after the last element inside.
    func close(_ path: XMLPath, text: String) throws
}

/// Names of the elements open at a place, outermost first.
struct XMLPath {
    fileprivate(set) var names: [String] = []

    /// 0 is the element itself, 1 its parent, and so on; empty above the document.
    subscript(up: Int) -> String { up < names.count ? names[names.count - 1 - up] : "" }

    var ends: (parent: String, element: String) { (self[1], self[0]) }
}

/// Carries an XML file through Foundation's streaming parser to a message, within limits.
final class XMLWalk: NSObject, XMLParserDelegate {
    private let message: any XMLMessage
    private let limits: BankFileLimits
    private var path = XMLPath()
    private var text = ""
    private var failure: BankFileError?
    private var passing: (any Error)?
    private var isComplete = false
    /// The line of the element being read, for errors of the message.
    private(set) var line = 0

    private init(_ message: any XMLMessage, limits: BankFileLimits) {
        self.message = message
        self.limits = limits
    }

    /// Throws `BankFileError` with the line, or what the message's caller threw. Rows handed over before an error of a
    /// later line have been handed over: the caller keeps them only once this returns.
    static func read(_ source: BankFileSource, into message: any XMLMessage, limits: BankFileLimits) throws {
        let inner: InputStream
        switch source {
        case .bytes(let data): inner = InputStream(data: data)
        case .file(let path):
            guard FileManager.default.isReadableFile(atPath: path), let stream = InputStream(fileAtPath: path) else {
                throw BankFileError(.unreadable, "The file can't be read.")
            }
            inner = stream
        }
        let stream = GuardedXMLStream(inner, limits: limits)
        let walk = XMLWalk(message, limits: limits)
        let parser = XMLParser(stream: stream)
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = walk
        let isWellFormed = parser.parse()
        if let refusal = stream.refusal { throw refusal }
        if let passing = walk.passing { throw passing }
        if let failure = walk.failure { throw failure }
        guard isWellFormed, parser.parserError == nil, walk.isComplete else {
            throw BankFileError(
                .malformed, "The file is cut off or not well-formed XML.", line: max(1, parser.lineNumber))
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        guard failure == nil, passing == nil, parser.parserError == nil else { return }
        path.names.append(name)
        text = ""
        attempt(parser) {
            if path.names.count > limits.depth {
                throw BankFileError(.tooLarge, "Elements are nested deeper than \(limits.depth).")
            }
            switch path.names.count {
            case 1:
                guard name == "Document" else {
                    throw BankFileError(.wrongMessage, "The file begins with \(name), not with Document.")
                }
            case 2:
                guard message.roots.contains(name), !isComplete else {
                    let expected = message.roots.sorted().joined(separator: " or ")
                    throw BankFileError(.wrongMessage, "The message is \(name), not \(expected).")
                }
            default: try message.open(path, attributes: attributes)
            }
        }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard failure == nil, passing == nil, parser.parserError == nil else { return }
        attempt(parser) {
            if path.names.count > 2 { try message.close(path, text: Self.trimmed(text)) }
            if path.names.count == 2 { isComplete = true }
        }
        path.names.removeLast()
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        append(string, parser)
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        append(String(decoding: block, as: UTF8.self), parser)
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        // libxml2 would go on, and Foundation traps on names that are no text: nothing after the first error is looked at.
        attempt(parser) { throw BankFileError(.malformed, "The file is cut off or not well-formed XML.") }
    }

    private func append(_ string: String, _ parser: XMLParser) {
        guard failure == nil, passing == nil else { return }
        text += string
        if text.utf8.count > limits.text {
            attempt(parser) { throw BankFileError(.tooLarge, "A text is longer than \(limits.text) bytes.") }
        }
    }

    private func attempt(_ parser: XMLParser, _ body: () throws -> Void) {
        guard failure == nil, passing == nil else { return }
        do {
            try body()
        } catch let error as BankFileError {
            failure = error.at(line: max(1, parser.lineNumber))
            parser.abortParsing()
        } catch {
            passing = error
            parser.abortParsing()
        }
    }

    private static func trimmed(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last, first <= 32 || last <= 32 else { return text }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
