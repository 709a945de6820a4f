import NIOCore
import NIOHTTPTypes

/// Closes a connection on which a request doesn't begin, or doesn't come in, within its time: a byte now and then keeps
/// none open.
final class ReadDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: WebSettings.Limits
    private var timer: Scheduled<Void>?
    /// When the request that is being read must be there.
    private var deadline: NIODeadline?
    /// Requests that have begun and aren't answered yet.
    private var open = 0

    /// What a slow line carries in a second.
    private static let bytesPerSecond: Int64 = 32 << 10

    init(_ limits: WebSettings.Limits) {
        self.limits = limits
    }

    func channelActive(context: ChannelHandlerContext) {
        expectRequest(context)
        context.fireChannelActive()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { expectRequest(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            open += 1
            set(.now() + TimeAmount(limits.reading), context)
        case .body(let bytes):
            if let deadline {
                set(deadline + .nanoseconds(Int64(bytes.readableBytes) * 1_000_000_000 / Self.bytesPerSecond), context)
            }
        case .end:
            timer?.cancel()
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            open -= 1
            if open == 0, deadline == nil { expectRequest(context) }
        }
        context.write(data, promise: promise)
    }

    private func expectRequest(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = close(context, at: .now() + TimeAmount(limits.idle))
    }

    private func set(_ deadline: NIODeadline, _ context: ChannelHandlerContext) {
        self.deadline = deadline
        timer?.cancel()
        timer = close(context, at: deadline)
    }

    private func close(_ context: ChannelHandlerContext, at deadline: NIODeadline) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { context.close(promise: nil) }
    }
}
