import Foundation
import WorkingDays

/// The hold of one living daemon on its data folder; the kernel ends it with the process, however that ends.
final class DirectoryLock: Sendable {
    /// What the holder wrote down: its process, and how its database is reached.
    struct Holder: Sendable {
        let process: Int
        let conninfo: String?
    }

    private let descriptor: Int32

    /// Refuses where another process holds the folder, and names it.
    init(_ directory: DataDirectory) throws {
        let path = directory.lock.path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw InstallationError(
                "\(path) can't be opened: \(String(cString: strerror(errno))). Start as the user that owns the folder.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(of: directory)
            close(descriptor)
            throw InstallationError(
                "The data folder \(directory.root.path) is in use by process \(holder.map { String($0.process) } ?? "?"). "
                    + "Stop that daemon first, or name another folder with --data.")
        }
        note(conninfo: nil)
    }

    deinit {
        close(descriptor)
    }

    /// Writes down how the database is reached, so that `reliefd doctor` can look at it beside a running daemon.
    func note(conninfo: String?) {
        let text = "\(getpid())\n" + (conninfo.map { $0 + "\n" } ?? "")
        ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    /// The living holder of a folder; nil where nobody holds it.
    static func livingHolder(of directory: DataDirectory) -> Holder? {
        let descriptor = open(directory.lock.path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return nil }
        return holder(of: directory)
    }

    private static func holder(of directory: DataDirectory) -> Holder? {
        let lines = (try? String(contentsOf: directory.lock, encoding: .utf8))?.split(separator: "\n") ?? []
        guard let process = lines.first.flatMap({ Int(digits: $0) }) else { return nil }
        return Holder(process: process, conninfo: lines.dropFirst().first.map(String.init))
    }
}
