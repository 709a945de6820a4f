import Contract
import Foundation
import Output

/// Files that are named on the command line.
enum Files {
    static func data(_ path: String) throws -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Refusal.invalid(
                Phrase("The file “\(path)” can't be read.", "无法读取文件“\(path)”。"),
                details: [Phrase(asGiven: error.localizedDescription)])
        }
    }

    static func text(_ path: String) throws -> String {
        guard let text = String(data: try data(path), encoding: .utf8) else {
            throw Refusal.invalid(
                Phrase(
                    "The file “\(path)” isn't UTF-8; save it as UTF-8 and try again.",
                    "文件“\(path)”不是 UTF-8；请另存为 UTF-8 再试。"))
        }
        // Spreadsheets put a byte order mark in front of CSV.
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }

    static func name(_ path: String) -> String {
        URL(fileURLWithPath: path).lastPathComponent
    }

    /// Writes a file that the daemon named, in `folder` and nowhere else, and gives its path. It is for its user alone: a
    /// bank's file has names and account numbers in the clear.
    /// Nothing that lies there is overwritten, nor a link followed.
    static func write(_ data: Data, named name: String, in folder: String) throws -> String {
        let name = URL(fileURLWithPath: name).lastPathComponent
        let place = URL(fileURLWithPath: folder, isDirectory: true).appending(path: name).path
        guard (try? FileManager.default.attributesOfItem(atPath: place)) == nil else {
            throw Refusal.conflict(
                Phrase(
                    "\(place) is there already: take it away, or name another folder with --to.",
                    "\(place) 已存在：请先移走，或用 --to 指定其他目录。"), field: "to")
        }
        return try write(data, at: [name], in: folder)
    }

    static func write(_ data: Data, at path: [String], in folder: String) throws -> String {
        let file = path.reduce(URL(fileURLWithPath: folder, isDirectory: true)) { $0.appending(path: $1) }
        try DurableFile.makeFolder(file.deletingLastPathComponent())
        try DurableFile.write(data, to: file)
        return file.path
    }

    /// What the name of a document of a media type ends in.
    static func nameExtension(_ mediaType: String) -> String {
        switch mediaType {
        case "application/pdf": "pdf"
        case "image/jpeg": "jpg"
        case "image/png": "png"
        case "text/plain": "txt"
        case "text/csv": "csv"
        default: "bin"
        }
    }

    /// The media type that a document's name tells; evidence is looked at by people, so that few kinds matter.
    static func mediaType(_ path: String) -> String {
        switch URL(fileURLWithPath: path).pathExtension.lowercased() {
        case "pdf": "application/pdf"
        case "jpg", "jpeg": "image/jpeg"
        case "png": "image/png"
        case "txt": "text/plain"
        case "csv": "text/csv"
        default: "application/octet-stream"
        }
    }
}
