/// Splits a stream of bytes into messages of the PostgreSQL protocol: a type, a length that counts itself, a body. The
/// first of a client has no type.
struct WireMessages {
    private var buffer: [UInt8] = []
    private var isStartup: Bool

    init(beginsWithStartup: Bool) {
        isStartup = beginsWithStartup
    }

    mutating func append(_ bytes: [UInt8]) { buffer += bytes }

    /// The next whole message, nil until more bytes come.
    mutating func next() -> WireMessage? {
        let header = isStartup ? 0 : 1
        guard buffer.count >= header + 4 else { return nil }
        let length = header + buffer[header..<header + 4].reduce(0) { $0 << 8 | Int($1) }
        guard buffer.count >= length else { return nil }
        let message = WireMessage(
            type: isStartup ? nil : buffer[0], header: header + 4, bytes: Array(buffer[..<length]))
        buffer.removeFirst(length)
        isStartup = false
        return message
    }
}

struct WireMessage {
    let type: UInt8?
    let header: Int
    let bytes: [UInt8]

    // From the client.
    var isQuery: Bool { type == UInt8(ascii: "Q") }
    var isParse: Bool { type == UInt8(ascii: "P") }
    var isBind: Bool { type == UInt8(ascii: "B") }
    var isSync: Bool { type == UInt8(ascii: "S") }
    // From the server.
    var isNotification: Bool { type == UInt8(ascii: "A") }

    /// The zero-ended text at this position: Query has one, Parse a statement's name and its text, Bind a portal's name
    /// and a statement's.
    func text(_ position: Int) -> String {
        let parts = bytes[header...].split(separator: 0, maxSplits: position + 1, omittingEmptySubsequences: false)
        return String(decoding: parts[position], as: UTF8.self)
    }
}
