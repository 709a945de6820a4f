import Foundation
import Synchronization

/// One connection through a wire: a thread for each direction.
final class Line: Sendable {
    private let client: UnixSocket
    private let upstream: UnixSocket
    private let wire: Wire
    /// Set before the statement is passed whose answer mustn't slip through.
    private let isMute = Atomic(false)

    init(client: UnixSocket, upstream: UnixSocket, wire: Wire) {
        (self.client, self.upstream, self.wire) = (client, upstream, wire)
    }

    func run() {
        Thread.detachNewThread { [self] in
            passRequests()
            // The server reads what reached it, and then the end.
            upstream.endSending()
            client.cut()
        }
        Thread.detachNewThread { [self] in
            passReplies()
            // A mute line is cut by the other thread, once the server has all of the statement.
            if !isMute.load(ordering: .sequentiallyConsistent) { client.cut() }
        }
    }

    func cut() {
        client.cut()
        upstream.cut()
    }

    private func passRequests() {
        var messages = WireMessages(beginsWithStartup: true)
        var statements: [String: String] = [:]
        while let bytes = client.read() {
            messages.append(bytes)
            while let message = messages.next() {
                if message.isParse { statements[message.text(0)] = message.text(1) }
                if let statement = message.isQuery
                    ? message.text(0) : message.isBind ? statements[message.text(1)] : nil
                {
                    switch wire.fate(of: statement) {
                    case .passed: break
                    case .cutBefore: return
                    case .cutAfter: isMute.store(true, ordering: .sequentiallyConsistent)
                    }
                }
                guard upstream.write(message.bytes) else { return }
                if isMute.load(ordering: .sequentiallyConsistent), message.isQuery || message.isSync { return }
            }
        }
    }

    private func passReplies() {
        var messages = WireMessages(beginsWithStartup: false)
        while let bytes = upstream.read() {
            messages.append(bytes)
            while let message = messages.next() {
                if message.isNotification, wire.losesNotification() { continue }
                guard !isMute.load(ordering: .sequentiallyConsistent) else { return }
                guard client.write(message.bytes) else { return }
            }
        }
    }
}
