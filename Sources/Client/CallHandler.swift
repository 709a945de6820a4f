import Contract
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// A request on its way, with the promise of its answer.
struct ClientCall: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer?
    /// Bytes of the answer.
    let limit: Int
    let deadline: NIODeadline
    let promise: EventLoopPromise<ClientResponse>
}

/// An answer, whole.
struct ClientResponse: Sendable {
    let status: Int
    let body: Data
    let keepAlive: Bool
    /// When the token ends that was sent, where that is soon.
    let tokenEnd: Date?
}

/// The connection ended, or time ran out, before the answer was whole: what the daemon did is not known.
struct LostAnswer: Error {
    let what: Phrase
    /// Whether a fresh connection may be tried.
    let again: Bool
}

/// Writes one call at a time to its connection, and gathers the answer.
final class CallHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = ClientCall
    typealias OutboundOut = HTTPClientRequestPart

    private var call: ClientCall?
    private var timer: Scheduled<Void>?
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let call = unwrapOutboundIn(data)
        guard context.channel.isActive else {
            call.promise.fail(LostAnswer(what: Phrase("closed the connection", "断开了连接"), again: true))
            return
        }
        self.call = call
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: call.deadline) {
            self.fail(bound.value, LostAnswer(what: Phrase("didn't answer in time", "未及时答复"), again: false))
        }
        context.write(wrapOutboundOut(.head(call.head)), promise: nil)
        if let body = call.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let call else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
        case .body(var part):
            guard body.readableBytes + part.readableBytes <= call.limit else {
                fail(
                    context,
                    LostAnswer(
                        what: Phrase("answered with more than \(call.limit) bytes", "答复超过 \(call.limit) 字节"),
                        again: false))
                return
            }
            body.writeBuffer(&part)
        case .end:
            guard let head else { return }
            let response = ClientResponse(
                status: Int(head.status.code), body: Data(body.readableBytesView), keepAlive: head.isKeepAlive,
                tokenEnd: head.headers.first(name: TokenEnd.header).flatMap { Timestamp.date($0) })
            finish()?.succeed(response)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()?.fail(LostAnswer(what: Phrase("closed the connection before it answered", "答复之前断开了连接"), again: true))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(context, LostAnswer(what: Phrase("broke the connection (\(error))", "中断了连接（\(error)）"), again: true))
    }

    private func fail(_ context: ChannelHandlerContext, _ error: LostAnswer) {
        finish()?.fail(error)
        context.close(promise: nil)
    }

    private func finish() -> EventLoopPromise<ClientResponse>? {
        defer {
            timer?.cancel()
            (call, timer, head) = (nil, nil, nil)
            body = ByteBuffer()
        }
        return call?.promise
    }
}
