import Foundation

/// How much room there is where a path lies.
struct DiskSpace {
    /// Bytes that the daemon may still write, and those of the whole.
    let free: UInt64
    let total: UInt64

    /// nil where the system doesn't say.
    init?(at path: String) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        total = UInt64(status.f_blocks) * UInt64(status.f_frsize)
    }

    var percentFree: UInt64 { total == 0 ? 0 : free * 100 / total }

    /// Under a gibibyte PostgreSQL may stop at any large statement; under a twentieth of a small disk, soon.
    var isFilling: Bool { free < 1 << 30 || (percentFree < 5 && free < 20 << 30) }
}
