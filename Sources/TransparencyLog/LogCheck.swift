extension TiledTree {
    /// Builds the whole log again from its entries and compares every file with what that gives; returns the root.
    ///
    /// Throws with the first file and entry that are wrong. That the root is the signed one is for the caller to see.
    /// - Parameter visit: is given each entry with its index, to compare it with the books.
    package func check(visit: (Int, [UInt8]) throws -> Void = { _, _ in }) throws -> Hash {
        var appender = LogAppender()
        for index in 0..<(size + TilePath.fullWidth - 1) / TilePath.fullWidth {
            let entries = try entries(inBundle: index)
            for (place, entry) in entries.enumerated() { try visit(index * TilePath.fullWidth + place, entry) }
            for file in try appender.append(entries).files { try compare(file) }
        }
        return appender.root
    }

    private func compare(_ file: LogFile) throws {
        // Tiles that were partial on the way, and are not the tree's own, were never promised to stay.
        guard case .hashes(let level) = file.path.kind,
            TilePath(kind: file.path.kind, index: file.path.index, treeSize: size) == file.path
        else { return }
        let built = try file.path.hashes(in: file.bytes)
        let found = try hashes(level: level, index: file.path.index)
        guard let place = built.indices.first(where: { built[$0] != found[$0] }) else { return }
        let first = (file.path.index * TilePath.fullWidth + place) << (8 * level)
        let last = first + (1 << (8 * level)) - 1
        throw LogError(
            .inconsistent,
            "\(file.path): hash \(place) is \(found[place]), the entries \(first) to \(last) give \(built[place])")
    }
}
