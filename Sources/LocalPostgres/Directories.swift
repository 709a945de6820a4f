import FoundationEssentials
import Glibc

/// The exclusive hold of one living process on a cluster's directory; released when the process ends, however it ends.
final class OwnerLock: Sendable {
    private let descriptor: Int32

    init(directory: String) throws(LocalPostgresError) {
        let path = "\(directory)/owner.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw LocalPostgresError(
                .directory,
                "Can't open \(path): \(reason()). Start as the user that owns \(directory), or name another.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            close(descriptor)
            throw LocalPostgresError(
                .inUse,
                "The cluster in \(directory) is in use by process \(owner.isEmpty ? "(unknown)" : owner). "
                    + "Stop that process, or name another directory.")
        }
        let owner = String(getpid())
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, owner, owner.utf8.count, 0)
    }

    deinit {
        // A child that is just being started holds all our descriptors until its exec; closing ours wouldn't let go.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

/// Makes the directory where missing and gives its absolute path without symbolic links.
func makeDirectory(_ path: String) throws(LocalPostgresError) -> String {
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        throw LocalPostgresError(
            .directory, "Can't make \(path): \(error). Make it yourself, or name another directory.")
    }
    guard let resolved = realpath(path, nil) else {
        throw LocalPostgresError(.directory, "Can't enter \(path): \(reason()).")
    }
    defer { free(resolved) }
    return String(cString: resolved)
}

/// Makes a new, empty directory that only this user may enter.
func makeTemporaryDirectory(in parent: String) throws(LocalPostgresError) -> String {
    // mkdtemp puts the name that it chose in the place of the last six letters, which have to be X.
    var template = Array("\(parent)/relief-postgres.\(String(repeating: "X", count: 6))".utf8CString)
    guard mkdtemp(&template) != nil else {
        throw LocalPostgresError(
            .directory, "Can't make a directory in \(parent): \(reason()). Make it writable, or set TMPDIR.")
    }
    return try makeDirectory(String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
}

/// Where the server's unix socket goes: beside the data, or where that path is too long for a socket, in a short one.
func placeForSocket(of directory: String, environment: [String: String]) throws(LocalPostgresError) -> String {
    // sun_path has 108 bytes with its final zero; the server also keeps a ".lock" file beside the socket.
    if "\(directory)/.s.PGSQL.5432".utf8.count <= 107 { return directory }
    if geteuid() != 0, let runtime = environment["XDG_RUNTIME_DIR"], access(runtime, W_OK) == 0 {
        return try makeTemporaryDirectory(in: runtime)
    }
    return try makeTemporaryDirectory(in: "/tmp")
}

private func reason() -> String {
    String(cString: strerror(errno))
}
