import Crypto
package import Foundation
import Output

/// The folder that keeps evidence files: named by the SHA-256 of their content, encrypted, written once.
///
/// Two cases with the same file share one copy. A name in the folder says nothing of the content; the database says which
/// case it belongs to.
package struct EvidenceStore: Sendable {
    private let directory: URL
    private let vault: Vault

    /// `directory` is made when the first file comes, for the daemon's user alone.
    package init(directory: URL, vault: Vault) {
        (self.directory, self.vault) = (directory, vault)
    }

    /// The name of a content: its SHA-256 (hex).
    static func name(of content: Data) -> String { Hex.encode(SHA256.hash(data: content)) }

    /// Stores a file and gives its SHA-256 (hex). Durable when it returns; storing the same content again changes nothing.
    package func store(_ content: Data) throws -> String {
        let name = Self.name(of: content)
        let place = place(of: name)
        if FileManager.default.fileExists(atPath: place.path) { return name }
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let sealed = try vault.seal(content, .evidence, row: name)
        try DurableFile.write(sealed, to: place)
        return name
    }

    /// The content of a stored file. Throws where it is missing, damaged, or not what its name says.
    package func content(sha256 name: String) throws -> Data {
        let sealed = try Data(contentsOf: place(of: name))
        let content = Data(try vault.open(Array(sealed), .evidence, row: name))
        guard Hex.encode(SHA256.hash(data: content)) == name else { throw VaultError.cannotOpen(field: .evidence) }
        return content
    }

    /// Where a file lies below the data directory.
    static func path(of name: String) -> String { "evidence/\(name.prefix(2))/\(name)" }

    private func place(of name: String) -> URL {
        directory.appending(path: String(name.prefix(2))).appending(path: name)
    }
}
