import Crypto
import Foundation
import Output
import Relief

/// The secrets of an installation, which only its data folder has, and the name under which it signs.
struct Keys: Sendable {
    let rootKey: [UInt8]
    let auditKey: Curve25519.Signing.PrivateKey
    let auditOrigin: String

    static func exist(in directory: DataDirectory) -> Bool {
        [directory.rootKey, directory.auditKey].contains { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// Makes new keys; none that exists is ever replaced.
    static func make(in directory: DataDirectory, auditOrigin: String?) throws {
        let origin = auditOrigin ?? "\(Self.hostName)/relief"
        for (file, bytes) in [
            (directory.rootKey, Vault.newRootKey()),
            (directory.auditKey, Array(Curve25519.Signing.PrivateKey().rawRepresentation)),
            (directory.auditOrigin, Array((origin + "\n").utf8)),
        ] {
            guard !FileManager.default.fileExists(atPath: file.path) else { continue }
            try DurableFile.write(bytes, to: file)
        }
    }

    /// Reads the keys. `auditOrigin`, where it is set, must be the name that the log has already.
    init(_ directory: DataDirectory, auditOrigin wanted: String?) throws {
        rootKey = try Self.read(directory.rootKey)
        do {
            auditKey = try Curve25519.Signing.PrivateKey(rawRepresentation: Data(Self.read(directory.auditKey)))
        } catch let error as CryptoKitError {
            throw InstallationError("\(directory.auditKey.path) is no Ed25519 key of 32 bytes (\(error)): restore it.")
        }
        auditOrigin = String(decoding: try Self.read(directory.auditOrigin), as: UTF8.self).filter { !$0.isWhitespace }
        if let wanted, wanted != auditOrigin {
            throw InstallationError(
                "The audit log has signed as \(auditOrigin) and can't change its name to \(wanted): "
                    + "set \(SettingKey.auditOrigin.variable) to \(auditOrigin), or to nothing.")
        }
    }

    private static func read(_ file: URL) throws -> [UInt8] {
        guard let data = try? Data(contentsOf: file) else {
            throw InstallationError(
                "\(file.path) is missing or can't be read. What it locks is lost without it: restore it from your backup."
            )
        }
        return Array(data)
    }

    private static var hostName: String {
        let name = ProcessInfo.processInfo.hostName
        return name.isEmpty ? "localhost" : name
    }
}
