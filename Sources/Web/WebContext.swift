import Contract
import FoundationEssentials
package import Hummingbird
import NIOCore
import Relief
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What is known of one request.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    private let channel: any Channel
    /// What is told beside the answer, whatever it is.
    let besides = Besides()

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The user id of the process at the other end of the unix socket, as the kernel vouches for it; nil over TCP.
    func peer() async throws -> UInt32? {
        #if os(Linux)
            guard case .unixDomainSocket = channel.localAddress, let options = channel as? any SocketOptionProvider
            else {
                return nil
            }
            let peer: PeerCredentials = try await options.unsafeGetSocketOption(
                level: .init(SOL_SOCKET), name: .init(SO_PEERCRED)
            ).get()
            return peer.uid
        #else
            return nil
        #endif
    }
}

extension WebContext {
    /// Who shows what: a bearer token before the socket's peer, so that a user may act as a machine does.
    func credentials(_ request: Request) async throws -> Credentials {
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ")
            guard parts.count == 2, parts[0].lowercased() == "bearer" else {
                throw Refusal.unauthenticated(
                    Phrase(
                        "The Authorization header must be “Bearer” and a token.",
                        "Authorization 头应为“Bearer”加令牌。"))
            }
            return .token(String(parts[1]))
        }
        guard let user = try await peer() else {
            throw Refusal.unauthenticated(
                Phrase(
                    "Send a token (Authorization: Bearer …), or come over the unix socket.",
                    "请发送令牌（Authorization: Bearer …），或经由 unix 套接字访问。"))
        }
        return .peer(uid: user)
    }
}

/// What becomes known on the way to an answer, and is told with a refusal as well.
final class Besides: Sendable {
    private let end = Mutex<Date?>(nil)

    /// When the token ends that the request came with, where that is soon.
    var tokenEnd: Date? {
        get { end.withLock { $0 } }
        set { end.withLock { $0 = newValue } }
    }
}

/// `struct ucred` of Linux (unix(7)), which Glibc shows only to programs compiled with _GNU_SOURCE.
private struct PeerCredentials {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
}
