import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where the daemon listens.
package enum Endpoint: Sendable, Hashable, CustomStringConvertible {
    case unix(path: String)
    case tcp(host: String, port: Int)

    /// Reads `unix:/run/reliefd.sock` or `http://host:port`; nil for anything else.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard path.hasPrefix("/") else { return nil }
            self = .unix(path: path)
        } else if text.hasPrefix("http://") {
            var rest = text.dropFirst("http://".count)
            if rest.last == "/" { rest = rest.dropLast() }
            guard let colon = rest.lastIndex(of: ":"), rest.last != "]" else {
                guard !rest.isEmpty, !rest.contains("/") else { return nil }
                self = .tcp(host: Self.bare(rest), port: 80)
                return
            }
            guard let port = UInt16(rest[rest.index(after: colon)...]), colon > rest.startIndex else { return nil }
            self = .tcp(host: Self.bare(rest[..<colon]), port: Int(port))
        } else {
            return nil
        }
    }

    /// An IPv6 address stands in brackets only in a URL.
    private static func bare(_ host: Substring) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
    }

    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }

    /// Where client and daemon meet when nothing is said: `RELIEF_URL`, else a socket in the runtime folder of the user
    /// (`XDG_RUNTIME_DIR`, or `/run/user/UID` where it exists), else in `/tmp/relief-UID`.
    ///
    /// Throws `Refusal.invalid` for a `RELIEF_URL` that can't be read.
    package static func `default`(
        environment: [String: String] = ProcessInfo.processInfo.environment, user: UInt32 = getuid(),
        folderExists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
    ) throws -> Endpoint {
        if let text = environment["RELIEF_URL"], !text.isEmpty {
            guard let endpoint = Endpoint(text) else {
                throw Refusal.invalid(
                    Phrase(
                        "RELIEF_URL is “\(text)”; write unix:/path/to/reliefd.sock or http://host:port.",
                        "RELIEF_URL 为“\(text)”，应写作“unix:/路径/reliefd.sock”或“http://主机:端口”。"),
                    field: "RELIEF_URL")
            }
            return endpoint
        }
        if let runtime = environment["XDG_RUNTIME_DIR"], !runtime.isEmpty {
            return .unix(path: "\(runtime)/relief/reliefd.sock")
        }
        let own = "/run/user/\(user)"
        return .unix(path: folderExists(own) ? "\(own)/relief/reliefd.sock" : "/tmp/relief-\(user)/reliefd.sock")
    }
}
