package import Foundation

/// Files that are on the disk when the call returns, or not there at all.
package enum DurableFile {
    /// Writes a file for the daemon's user alone. It is there whole under its name, and synced, or the name is as it was:
    /// the old file, or none. What was written of one that failed is taken away.
    package static func write(
        _ bytes: some Sequence<UInt8>, to place: URL, permissions: mode_t = 0o600
    ) throws(Unwritten) {
        // Hidden, and short: a name may be as long as the file system allows.
        let draft = place.deletingLastPathComponent().appending(path: ".\(UUID().uuidString).tmp")
        do {
            try fill(draft, Array(bytes), permissions)
            try rename(draft, to: place)
        } catch {
            unlink(draft.path)
            throw Unwritten(file: place.path, code: error.code)
        }
    }

    /// Renames and syncs the folder, so that the new name survives a loss of power.
    package static func rename(_ draft: URL, to place: URL) throws(Unwritten) {
        guard Foundation.rename(draft.path, place.path) == 0 else {
            throw Unwritten(file: place.path, code: errno)
        }
        let folder = open(place.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Makes a folder, and those that it lies in, where they aren't there.
    package static func makeFolder(_ folder: URL) throws(Unwritten) {
        if mkdir(folder.path, 0o777) == 0 || errno == EEXIST { return }
        guard errno == ENOENT else { throw Unwritten(file: folder.path, code: errno) }
        try makeFolder(folder.deletingLastPathComponent())
        guard mkdir(folder.path, 0o777) == 0 || errno == EEXIST else { throw Unwritten(file: folder.path, code: errno) }
    }

    /// Throws without the file's name.
    private static func fill(_ draft: URL, _ bytes: [UInt8], _ permissions: mode_t) throws(Unwritten) {
        let descriptor = open(draft.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw Unwritten(code: errno) }
        defer { close(descriptor) }
        try Descriptor.write(bytes, to: descriptor)
        // Whatever the umask says.
        guard fchmod(descriptor, permissions) == 0, fsync(descriptor) == 0 else { throw Unwritten(code: errno) }
    }
}
