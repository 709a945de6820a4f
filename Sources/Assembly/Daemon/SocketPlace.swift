import Foundation

/// The path of the unix socket, made free to listen at.
struct SocketPlace {
    let path: String
    let mode: mode_t

    /// Makes the folder, and removes the socket that a killed daemon left. A socket at which somebody answers is refused.
    func prepare() throws {
        let folder = (path as NSString).deletingLastPathComponent
        if !FileManager.default.fileExists(atPath: folder) {
            try DataDirectory.make(URL(fileURLWithPath: folder, isDirectory: true), mode: mode == 0o600 ? 0o700 : 0o755)
        }
        let owner = try? FileManager.default.attributesOfItem(atPath: folder)[.ownerAccountID] as? Int
        guard let owner, owner == Int(geteuid()) || owner == 0 else {
            throw InstallationError(
                "The socket's folder \(folder) belongs to another user, who could put another socket there: "
                    + "name another path with --socket.")
        }
        guard let found = try? FileManager.default.attributesOfItem(atPath: path) else { return }
        guard found[.type] as? FileAttributeType == .typeSocket else {
            throw InstallationError("\(path) exists and is no socket: name another path with --socket.")
        }
        guard !isAnswered else {
            throw InstallationError(
                "Another daemon listens at \(path): stop it, or name another path with --socket.")
        }
        unlink(path)
    }

    /// Lets others in as far as the mode says, once somebody listens.
    func open() {
        chmod(path, mode)
    }

    private var isAnswered: Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
