package import Foundation

/// Files that are on the disk when the call returns, or not there at all.
package enum DurableFile {
    /// Writes and syncs a new file, for the daemon's user alone; an older one of that name is replaced.
    package static func write(_ bytes: some Sequence<UInt8>, to place: URL, permissions: Int = 0o600) throws {
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: permissions]
        guard FileManager.default.createFile(atPath: place.path, contents: nil, attributes: attributes) else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: place.path])
        }
        let file = try FileHandle(forWritingTo: place)
        defer { try? file.close() }
        try file.write(contentsOf: Data(bytes))
        try file.synchronize()
    }

    /// Renames and syncs the folder, so that the new name survives a loss of power.
    package static func rename(_ draft: URL, to place: URL) throws {
        guard Foundation.rename(draft.path, place.path) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: place.path])
        }
        let folder = open(place.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}
