import Contract
import Foundation
import Logging
import Output
import Synchronization

/// The folder that the bank leaves its files in (`from-bank`), and those beside it: `imported`, `refused` with the reason of
/// each, `waiting` with the reasons of files that lie in `from-bank` and aren't whole yet.
///
/// What has been looked at is looked at again only when it has changed: a file that waits when somebody writes on, a refused
/// one when somebody puts it right where it lies.
struct BankInbox: Sendable {
    let folder: URL

    /// A file that can't be taken in as it is.
    struct Held: Sendable {
        let name: String
        let since: Date
        let reason: String
    }

    private var inbox: URL { folder.appending(path: "from-bank") }
    private var waitingFolder: URL { folder.appending(path: "waiting") }
    private var refusedFolder: URL { folder.appending(path: "refused") }

    // MARK: What there is to do

    /// The names of the files to be looked at, oldest name first; unfinished ones have a dot in front or end otherwise.
    func files() -> [String] {
        Self.names(in: inbox).filter { name in
            let looked = Self.looked.withLock { $0[inbox.appending(path: name).path] }
            return looked == nil || looked != Self.stamp(of: inbox.appending(path: name))
        }
    }

    /// Refused files that somebody changed since: their reason is older than they are.
    func changedSinceRefused() -> [String] {
        Self.names(in: refusedFolder).filter { name in
            guard let file = Self.stamp(of: refusedFolder.appending(path: name)),
                let reason = Self.stamp(of: refusedFolder.appending(path: name + ".reason"))
            else { return false }
            return file.changed > reason.changed
        }
    }

    var hasWork: Bool { !files().isEmpty || !changedSinceRefused().isEmpty }

    /// Puts a refused file that was changed back among those that wait to be looked at.
    func lookAgain(at name: String) throws {
        try FileManager.default.createDirectory(at: inbox, withIntermediateDirectories: true)
        let place = inbox.appending(path: name)
        guard !FileManager.default.fileExists(atPath: place.path) else { return }
        try? FileManager.default.removeItem(at: refusedFolder.appending(path: name + ".reason"))
        try DurableFile.rename(refusedFolder.appending(path: name), to: place)
    }

    /// The bytes of a file, and how it stood as they were read. Refuses what is no file, as a folder, and what no bank sends.
    func read(_ name: String) throws -> (content: Data, stamp: Stamp) {
        let place = inbox.appending(path: name)
        guard let stamp = Self.stamp(of: place), stamp.isRegular else {
            throw Refusal.invalid(
                Phrase("\(name) is no regular file.", "\(name) 不是普通文件。"), field: "content")
        }
        guard stamp.size <= 64 << 20 else {
            throw Refusal.tooLarge(
                Phrase("A bank's file must have at most 64 MiB.", "银行文件不得超过 64 MiB。"), field: "content")
        }
        return (try Data(contentsOf: place), stamp)
    }

    // MARK: What became of a file

    /// Leaves a file where it is until it changes.
    func wait(for name: String, as stamp: Stamp, because reason: String) {
        Self.looked.withLock { $0[inbox.appending(path: name).path] = stamp }
        let note = waitingFolder.appending(path: name + ".reason")
        try? FileManager.default.createDirectory(at: waitingFolder, withIntermediateDirectories: true)
        try? DurableFile.write(reason.utf8, to: note)
        Logger(label: "relief.bank").warning("\(name) isn't whole yet and waits for its rest.")
    }

    func imported(_ name: String) { putAway(name, in: folder.appending(path: "imported"), reason: nil) }

    func refused(_ name: String, because reason: String) { putAway(name, in: refusedFolder, reason: reason) }

    private func putAway(_ name: String, in folder: URL, reason: String?) {
        let (manager, file) = (FileManager.default, inbox.appending(path: name))
        try? manager.removeItem(at: waitingFolder.appending(path: name + ".reason"))
        try? manager.createDirectory(at: folder, withIntermediateDirectories: true)
        var target = folder.appending(path: name)
        if manager.fileExists(atPath: target.path) {
            target = folder.appending(path: "\(UUID().uuidString.prefix(8))-\(name)")
        }
        do {
            try DurableFile.rename(file, to: target)
        } catch {
            // Passed over until it changes, or the daemon starts again.
            Self.looked.withLock { $0[file.path] = Self.stamp(of: file) }
            Logger(label: "relief.bank").error(
                "\(name) can't be put away and is passed over: \(reason ?? "it was taken in")")
            return
        }
        Self.looked.withLock { $0[file.path] = nil }
        guard let reason else { return }
        try? DurableFile.write(reason.utf8, to: target.appendingPathExtension("reason"))
        // The reason may quote the file.
        Logger(label: "relief.bank").error(
            "\(name) could not be taken in; it lies in \(folder.path) beside the reason.")
    }

    // MARK: What waits for a person

    /// Files that aren't whole, since they were last written.
    var waiting: [Held] {
        Self.names(in: inbox).compactMap { name in
            reason(of: name, in: waitingFolder).flatMap { held(name, in: inbox, because: $0) }
        }
    }

    /// Files that could not be taken in, since they were last written. Also one whose reason somebody took away.
    var refused: [Held] {
        Self.names(in: refusedFolder, all: true).compactMap { name in
            held(name, in: refusedFolder, because: reason(of: name, in: refusedFolder) ?? "")
        }
    }

    private func reason(of name: String, in folder: URL) -> String? {
        try? String(contentsOf: folder.appending(path: name + ".reason"), encoding: .utf8)
    }

    private func held(_ name: String, in folder: URL, because reason: String) -> Held? {
        Self.stamp(of: folder.appending(path: name)).map { Held(name: name, since: $0.changed, reason: reason) }
    }

    // MARK: Facts of files

    /// How a file stood when it was looked at: another size or time, and somebody wrote on.
    struct Stamp: Equatable, Sendable {
        let size: Int
        let changed: Date
        let isRegular: Bool
    }

    /// What this process looked at and left in its place, by path.
    private static let looked = Mutex<[String: Stamp]>([:])

    private static func stamp(of place: URL) -> Stamp? {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: place.path),
            let changed = facts[.modificationDate] as? Date
        else { return nil }
        return Stamp(
            size: facts[.size] as? Int ?? 0, changed: changed,
            isRegular: facts[.type] as? FileAttributeType == .typeRegular)
    }

    private static func names(in folder: URL, all: Bool = false) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
            .filter { !$0.hasPrefix(".") && !$0.hasSuffix(".reason") }
            .filter { all || $0.hasSuffix(".xml") || $0.hasSuffix(".txt") }.sorted()
    }
}
