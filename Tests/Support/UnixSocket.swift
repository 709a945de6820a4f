import Foundation

/// A stream socket of the unix kind, closed when nobody has it any more. Its calls block.
package final class UnixSocket: Sendable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    package convenience init(connectedTo path: String) throws {
        self.init(try Self.make())
        guard Self.withAddress(path, { connect(descriptor, $0, $1) }) == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    convenience init(listeningAt path: String) throws {
        self.init(try Self.make())
        guard Self.withAddress(path, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 64) == 0 else {
            throw POSIXError(.EADDRNOTAVAIL)
        }
    }

    deinit {
        close(descriptor)
    }

    /// The next that connects; nil once the socket was cut.
    func accept() -> UnixSocket? {
        let accepted = Foundation.accept(descriptor, nil, nil)
        return accepted >= 0 ? UnixSocket(accepted) : nil
    }

    /// What came, at least a byte; nil at the end.
    package func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// Writes all; false when nobody reads any more.
    package func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    package func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }
    package func cut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private static func make() throws -> Int32 {
        let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard made >= 0 else { throw POSIXError(.EMFILE) }
        return made
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
