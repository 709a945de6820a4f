import Contract
package import Crypto
package import Foundation
import Output
package import TransparencyLog

/// The transparency log of this installation: its folder of static files (C2SP tlog-tiles) and the key that signs it.
package struct AuditLog: Sendable {
    package let origin: String
    let directory: LogDirectory
    let signer: NoteSigner
    private let mark: URL?

    /// - Parameters:
    ///   - origin: the log's name on every checkpoint, a schema-less URL prefix such as `relief.xining.example/audit`.
    ///   - mark: the file that keeps the largest checkpoint ever signed, neither in the log's folder nor in the database:
    ///     where both are older than it, they are an old backup, and nothing is signed.
    package init(directory: URL, origin: String, key: Curve25519.Signing.PrivateKey, mark: URL? = nil) throws {
        self.origin = origin
        self.mark = mark
        self.directory = LogDirectory(root: directory)
        signer = try NoteSigner(name: origin, key: key)
    }

    /// What a verifier needs: `name+keyid+base64`.
    package var vkey: String { signer.verifier.vkey }

    /// The newest published checkpoint; nil before the first.
    package func checkpoint() throws -> SignedNote? {
        try directory.checkpoint().map { try SignedNote(parsing: Array($0)) }
    }

    /// The newest published checkpoint as this log's key signed it; nil before the first, an error if another did.
    func signedCheckpoint() throws -> Checkpoint? {
        try checkpoint().map { try CheckpointPolicy(logKeys: [signer.verifier]).verify($0) }
    }

    /// The largest checkpoint that was ever signed here; nil before the first, an error if another key signed it.
    package func keptMark() throws -> Checkpoint? {
        guard let mark, FileManager.default.fileExists(atPath: mark.path) else { return nil }
        return try CheckpointPolicy(logKeys: [signer.verifier]).verify(
            SignedNote(parsing: Array(try Data(contentsOf: mark))))
    }

    /// Publishes a signed checkpoint, unless what is published says as much or more. The database has it; that it was signed
    /// is on the disk before anybody sees it.
    func publish(_ note: SignedNote) throws {
        let size = try CheckpointPolicy(logKeys: [signer.verifier]).verify(note).size
        if let mark, try keptMark().map({ $0.size < size }) ?? true {
            try DurableFile.write(Array(note.encoded.utf8), to: mark)
        }
        if let published = try signedCheckpoint(), published.size >= size { return }
        try directory.publish(note)
    }

    /// Forgets what was signed here in favour of what the database knows: the published files go to another folder, where
    /// they stay as evidence.
    package func adopt(_ known: SignedNote?, movingAside aside: URL) throws {
        if let known { _ = try CheckpointPolicy(logKeys: [signer.verifier]).verify(known) }
        if FileManager.default.fileExists(atPath: directory.root.path) {
            try DurableFile.rename(directory.root, to: aside)
        }
        guard let mark else { return }
        if let known {
            try DurableFile.write(Array(known.encoded.utf8), to: mark)
        } else if FileManager.default.fileExists(atPath: mark.path) {
            try FileManager.default.removeItem(at: mark)
        }
    }

    func tree(size: Int) -> TiledTree {
        let directory = directory
        return TiledTree(size: size) { try directory.read($0) }
    }
}

/// The folder of the log's files, as a static site serves them: `checkpoint`, `tile/…`.
struct LogDirectory: Sendable {
    let root: URL

    func read(_ path: TilePath) throws -> [UInt8] {
        // A tile that has become full replaces the partial ones before it; either serves the reader.
        let exact = root.appending(path: path.path)
        if let bytes = try? Data(contentsOf: exact) { return Array(bytes) }
        return Array(try Data(contentsOf: root.appending(path: path.full.path)))
    }

    func checkpoint() throws -> Data? {
        let file = root.appending(path: "checkpoint")
        return FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file) : nil
    }

    /// Writes the files and their folders to the disk before it returns.
    func write(_ files: [LogFile]) throws {
        for file in files { try write(file.bytes, to: root.appending(path: file.path.path)) }
    }

    /// The last act of a round: readers see the old checkpoint or the new one.
    func publish(_ note: SignedNote) throws {
        try write(Array(note.encoded.utf8), to: root.appending(path: "checkpoint"))
    }

    private func write(_ bytes: [UInt8], to place: URL) throws {
        let folder = place.deletingLastPathComponent()
        try DurableFile.makeFolder(folder)
        try DurableFile.write(bytes, to: place)
    }
}
