import Contract
import Foundation
import Output

/// Files that are named on the command line.
enum Files {
    static func data(_ path: String) throws -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Refusal.invalid("The file “\(path)” can't be read.", details: [error.localizedDescription])
        }
    }

    static func text(_ path: String) throws -> String {
        guard let text = String(data: try data(path), encoding: .utf8) else {
            throw Refusal.invalid("The file “\(path)” isn't UTF-8; save it as UTF-8 and try again.")
        }
        // Spreadsheets put a byte order mark in front of CSV.
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }

    static func name(_ path: String) -> String {
        URL(fileURLWithPath: path).lastPathComponent
    }

    /// Writes a file that the daemon named, in `folder` and nowhere else, and gives its path. It is for its user alone: a
    /// bank's file has names and account numbers in the clear.
    static func write(_ data: Data, named name: String, in folder: String) throws -> String {
        try write(data, at: [URL(fileURLWithPath: name).lastPathComponent], in: folder)
    }

    static func write(_ data: Data, at path: [String], in folder: String) throws -> String {
        let file = path.reduce(URL(fileURLWithPath: folder, isDirectory: true)) { $0.appending(path: $1) }
        try DurableFile.makeFolder(file.deletingLastPathComponent())
        try DurableFile.write(data, to: file)
        return file.path
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
