import Foundation

/// An open file, as the system knows it.
enum Descriptor {
    /// Writes all of it, or throws; a part may have been written then.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Unwritten) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { rest = rest.dropFirst(count) } else { try overcome(errno, descriptor) }
        }
    }

    /// What only asks for patience is no failure: a signal, or a descriptor that somebody else made non-blocking.
    private static func overcome(_ code: Int32, _ descriptor: Int32) throws(Unwritten) {
        switch code {
        case EINTR: return
        case EAGAIN:
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&room, 1, -1)
        default: throw Unwritten(code: code)
        }
    }
}
