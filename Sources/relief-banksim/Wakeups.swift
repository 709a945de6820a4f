import Dispatch
import Foundation

/// Says when there may be work: once at the start, when a file appears in a watched directory, and every minute for the
/// change of day. Wake-ups that come while one is being handled are one.
final class Wakeups {
    let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceProtocol]

    init(directories: [String]) throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.stream = stream
        continuation.yield()
        let queue = DispatchQueue(label: "banksim.wakeups")
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { continuation.yield() }
        #if os(Linux)
            let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
            guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
            for directory in directories {
                guard inotify_add_watch(descriptor, directory, UInt32(IN_MOVED_TO | IN_CLOSE_WRITE)) >= 0 else {
                    throw CocoaError(.fileReadUnknown, userInfo: [NSFilePathErrorKey: directory])
                }
            }
            let watcher = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            watcher.setEventHandler {
                var buffer = [UInt8](repeating: 0, count: 4_096)
                while read(descriptor, &buffer, buffer.count) > 0 {}
                continuation.yield()
            }
            watcher.setCancelHandler { close(descriptor) }
            watcher.activate()
            timer.schedule(deadline: .now() + 60, repeating: 60)
            sources = [timer, watcher]
        #else
            timer.schedule(deadline: .now() + 1, repeating: 1)
            sources = [timer]
        #endif
        timer.activate()
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
