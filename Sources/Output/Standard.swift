import Foundation
import Synchronization

/// The streams of the process. All that the programs say goes through here: nothing is kept back in a buffer, and what
/// can't be written is known where it was written.
package enum Standard {
    private static let unsaid = Mutex<Unwritten?>(nil)

    /// Makes the streams safe to use; the first thing that a program does.
    ///
    /// A reader that has gone and a file that may grow no more (ulimit -f) are errors of the write, not the end of the
    /// process. A stream that was closed by whoever started the program is held by a descriptor that can't be used:
    /// otherwise a connection gets its number, and is written to.
    package static func begin() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for (stream, useless) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(stream, F_GETFD) == -1 {
            // The lowest free number, which is the stream's: those before it are taken by now.
            _ = open("/dev/null", useless)
        }
    }

    /// The answer, or a piece of one that comes piece by piece, for people: it goes out at once, into a pipe as well.
    package static func output(_ text: String, terminator: String = "\n") throws(Unwritten) {
        try raw(text.legible + terminator)
    }

    /// What programs read, and what is to drive a terminal: as it is.
    package static func raw(_ text: String) throws(Unwritten) {
        try Descriptor.write(Array(text.utf8), to: STDOUT_FILENO)
    }

    /// A line about work that is carried through whether or not anybody reads it; `told` throws when it wasn't written.
    package static func say(_ line: String) {
        do {
            try output(line)
        } catch {
            unsaid.withLock { $0 = $0 ?? error }
        }
    }

    /// Throws where a line of `say` wasn't written.
    package static func told() throws(Unwritten) {
        if let unwritten = unsaid.withLock({ $0 }) { throw unwritten }
    }

    /// A line on the standard output for whoever may listen, of a program that goes on all the same.
    package static func announce(_ line: String) {
        try? output(line)
    }

    /// What isn't the answer, and what goes wrong. There is no place left to complain where it can't be written.
    package static func error(_ line: String, terminator: String = "\n") {
        try? Descriptor.write(Array((line.legible + terminator).utf8), to: STDERR_FILENO)
    }

    /// Throws where nobody reads any more; for those that wait long between two lines.
    package static func stillRead() throws(Unwritten) {
        var reader = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        guard poll(&reader, 1, 0) > 0, Int32(reader.revents) & (POLLERR | POLLHUP) != 0 else { return }
        throw Unwritten(code: EPIPE)
    }

    /// The last thing that a program does: throws where something wasn't written. Some file systems say only at the close
    /// that there was no room (NFS, quotas).
    package static func finish() throws(Unwritten) {
        try told()
        let code = close(STDOUT_FILENO) == 0 ? 0 : errno
        guard [0, EINTR, EBADF].contains(code) else { throw Unwritten(code: code) }
    }
}
