/// The name of a file as it may be kept and shown: never a path, nothing that can't be seen or that turns a line, and short
/// enough for every file system.
package enum FileName {
    /// Bytes that a name may have in the file systems that people use.
    package static let mostBytes = 255

    /// What is left of a name that somebody gave; nil where nothing is.
    package static func kept(of given: String) -> String? {
        // Both separators, wherever the file comes from.
        let last = given.split(omittingEmptySubsequences: true) { $0 == "/" || $0 == "\\" }.last ?? ""
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: last.unicodeScalars.filter { !$0.isInvisible && !isLineEnd($0) })
        let name = String(scalars).trimmed
        guard !name.isEmpty, name != ".", name != ".." else { return nil }
        return shortened(name)
    }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        (0x09...0x0D).contains(scalar.value) || [0x85, 0x2028, 0x2029].contains(scalar.value)
    }

    /// The end, which says what the file is, stays where it is short.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > mostBytes else { return name }
        let dot = name.lastIndex(of: ".")
        let ending = dot.map { name[$0...] }.flatMap { $0.utf8.count <= 16 ? String($0) : nil } ?? ""
        var (kept, bytes) = ("", ending.utf8.count)
        for character in name {
            bytes += String(character).utf8.count
            if bytes > mostBytes { break }
            kept.append(character)
        }
        return kept + ending
    }
}

extension String {
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
