import CLibPQ
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// The socket's events. Losing the connection is a state, which every entry and every wait looks at.
extension Connection {
    /// While a turn is held its holder reads: libpq forgets what it has read but not handed out when it meets the end
    /// of the file, and must not buffer more than a slow reader takes.
    func readable() {
        if state.holder == nil {
            drain()
        } else if isWaiting {
            consume()
        } else if !isReadSuspended {
            isReadSuspended = true
            readSource?.suspend()
        }
        wake()
    }

    func resumeReading() {
        guard isReadSuspended else { return }
        isReadSuspended = false
        readSource?.resume()
    }

    /// Reads all there is: after a hang-up Dispatch on Linux calls once and never again.
    func drain() {
        while state.loss == nil, hasUnreadBytes { consume() }
    }

    /// Reads once what the socket has, and has libpq look at it.
    func consume() {
        guard let handle, state.loss == nil else { return }
        if PQconsumeInput(handle) == 0 || PQsocket(handle) < 0 {
            lose(PostgresError(.connectionLost, String(cString: PQerrorMessage(handle)).trimmed))
        } else {
            _ = PQisBusy(handle)
            deliverNotifications()
        }
    }

    /// True for bytes as well as for an end of file or an error that libpq has not met yet. A reset of a unix socket is
    /// told once only, here instead of to libpq, and no further event of Dispatch follows it.
    var hasUnreadBytes: Bool {
        guard let handle else { return false }
        let socket = PQsocket(handle)
        guard socket >= 0 else { return false }
        var byte: UInt8 = 0
        return recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0
            || (errno != EAGAIN && errno != EWOULDBLOCK)
    }

    /// Sends what libpq holds back; goes on by itself when the socket takes no more.
    func flush() {
        guard let handle, state.loss == nil else { return stopWriting() }
        switch PQflush(handle) {
        case 0: stopWriting()
        case 1: startWriting(PQsocket(handle))
        default: lose(PostgresError(.connectionLost, String(cString: PQerrorMessage(handle)).trimmed))
        }
    }

    /// True while libpq holds back bytes that the socket didn't take.
    var isWriting: Bool { writeSource != nil }

    private func startWriting(_ socket: Int32) {
        guard writeSource == nil, socket >= 0 else { return }
        let watched = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard watched >= 0 else { return lose(PostgresError(.connectionLost, "no file descriptor left")) }
        let source = DispatchSource.makeWriteSource(fileDescriptor: watched, queue: executor.queue)
        source.setEventHandler { [weak self] in
            self?.assumeIsolated {
                $0.flush()
                if !$0.isWriting { $0.wake() }
            }
        }
        source.setCancelHandler { _ = systemClose(watched) }
        source.activate()
        writeSource = source
    }

    private func stopWriting() {
        writeSource?.cancel()
        writeSource = nil
    }

    /// Hands out what libpq has found among all that it has read.
    func deliverNotifications() {
        guard let handle else { return }
        while let notification = PQnotifies(handle) {
            notified.yield(
                Notification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra),
                    processID: notification.pointee.be_pid))
            PQfreemem(notification)
        }
    }

    /// Marks the connection as gone and lets everybody know who waits for it.
    func lose(_ error: PostgresError) {
        guard state.loss == nil else { return }
        var error = error
        // Has libpq read what the server said last; between statements that is a notice.
        if let handle { _ = PQisBusy(handle) }
        if let fatal = notices.fatal {
            error.sqlState = fatal.sqlState
            error.message = fatal.message
        }
        deliverNotifications()
        let waiting = state.lose(error)
        health.store(.lost, ordering: .releasing)
        notified.finish()
        stopWriting()
        for turn in waiting { queued.removeValue(forKey: turn)?.resume(throwing: error) }
        // The socket is of no more use, and Dispatch would report its end without end.
        resumeReading()
        readSource?.cancel()
        readSource = nil
        wake()
    }
}

/// The system's `close`, which an actor with a `close` of its own can't name.
func systemClose(_ descriptor: Int32) -> Int32 {
    close(descriptor)
}
