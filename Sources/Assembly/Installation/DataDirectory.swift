package import Foundation
import Relief

/// The folder in which a daemon keeps what the database doesn't: keys, the published log, evidence, files of the bank.
package struct DataDirectory: Sendable {
    package let root: URL

    var keys: URL { root.appending(path: "keys", directoryHint: .isDirectory) }
    var rootKey: URL { keys.appending(path: "root.key") }
    var auditKey: URL { keys.appending(path: "audit.key") }
    var auditOrigin: URL { keys.appending(path: "audit.origin") }
    /// The largest checkpoint of the log that was ever signed here.
    var auditMark: URL { keys.appending(path: "audit.signed") }
    var log: URL { root.appending(path: "log", directoryHint: .isDirectory) }
    var evidence: URL { root.appending(path: "evidence", directoryHint: .isDirectory) }
    var postgres: URL { root.appending(path: "postgres", directoryHint: .isDirectory) }
    /// Where a demonstration's clock stands; exists for demonstrations only.
    var clock: URL { root.appending(path: "clock") }
    var lock: URL { root.appending(path: "lock") }

    package init(_ root: URL) {
        self.root = root.standardizedFileURL
    }

    /// Makes what is missing, for this user alone.
    ///
    /// As root the embedded PostgreSQL runs as another user, who passes through the folder (0711) to its own.
    func make(forEmbedded isEmbedded: Bool) throws {
        let mode = isEmbedded && geteuid() == 0 ? 0o711 : 0o700
        do {
            try Self.make(root, mode: mode)
            for folder in [keys, log, evidence] { try Self.make(folder, mode: 0o700) }
        } catch {
            throw InstallationError(
                "The data folder \(root.path) can't be made: \(error.localizedDescription). Name another with --data, or "
                    + "give this user the right to it.")
        }
    }

    static func make(_ folder: URL, mode: Int) throws {
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Given explicitly: the process' umask forbids others everything.
        try FileManager.default.setAttributes(attributes, ofItemAtPath: folder.path)
    }
}

/// Why a daemon can't work with what it finds on this machine: what, and what to do.
package struct InstallationError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
