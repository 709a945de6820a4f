import Postgres

/// Where a version of a row stands in its table (`ctid`). The row's next change moves it, and another row may come to stand
/// there: a place is where to look first, never a proof.
struct RowPlace: ArrayElement, ColumnDecodable {
    private let text: String

    static let arrayType = PostgresType(rawValue: 1010)
    var elementText: String? { text }

    init?(elementText: String?) {
        guard let elementText else { return nil }
        text = elementText
    }

    init(column: Column) throws {
        text = try column.text
    }
}
