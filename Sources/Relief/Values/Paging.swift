import Contract

/// Lists are read in parts: at most 500 items, 50 where nothing is said.
enum Paging {
    /// The size of the part asked for. Refuses what is out of range.
    static func size(_ limit: Int?) throws -> Int {
        let size = limit ?? 50
        guard (1...500).contains(size) else {
            throw Refusal.invalid(
                Phrase(
                    "--limit must be 1 to 500, not \(size).",
                    "--limit 应为 1 至 500，不是 \(size)。"), field: "limit")
        }
        return size
    }

    static func noCursor(_ text: String) -> Refusal {
        .invalid(
            Phrase("“\(text)” is no cursor of this list.", "“\(text)”不是这个列表的翻页位置。"), field: "cursor")
    }

    /// Refuses a cursor that is no path of the tree.
    static func requirePath(_ cursor: String?) throws {
        guard let cursor else { return }
        let labels = cursor.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isPath = labels.allSatisfy { label in
            (1...255).contains(label.count)
                && label.allSatisfy {
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
                }
        }
        guard isPath, labels.count <= 100 else {
            throw noCursor(cursor)
        }
    }

    /// The page of a query that asked for one row more than the size; `cursor` names an item for reading on after it.
    static func page<Item: Codable & Sendable>(
        _ items: [Item], size: Int, cursor: (Item) -> String
    ) -> Page<Item> {
        let part = Array(items.prefix(size))
        return Page(items: part, next: items.count > size ? part.last.map(cursor) : nil)
    }
}
