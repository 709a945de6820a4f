import Contract

/// Lists are read in parts: at most 500 items, 50 where nothing is said.
enum Paging {
    /// The size of the part asked for. Refuses what is out of range.
    static func size(_ limit: Int?) throws -> Int {
        let size = limit ?? 50
        guard (1...500).contains(size) else {
            throw Refusal.invalid("A part of a list has 1 to 500 items, not \(size).", field: "limit")
        }
        return size
    }

    static func noCursor(_ text: String) -> Refusal {
        .invalid(
            Phrase("“\(text)” is no cursor of this list.", "“\(text)”不是这个列表的翻页位置。"), field: "cursor")
    }

    /// The page of a query that asked for one row more than the size; `cursor` names an item for reading on after it.
    static func page<Item: Codable & Sendable>(
        _ items: [Item], size: Int, cursor: (Item) -> String
    ) -> Page<Item> {
        let part = Array(items.prefix(size))
        return Page(items: part, next: items.count > size ? part.last.map(cursor) : nil)
    }
}
