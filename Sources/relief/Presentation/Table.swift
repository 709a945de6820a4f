/// Text in columns, aligned as a terminal shows it.
struct Table {
    struct Column {
        let title: String
        var isRight = false
    }

    var columns: [Column]
    var rows: [[String]] = []

    var text: String {
        let widths = columns.indices.map { index in
            rows.map { Self.width($0[index]) }.reduce(Self.width(columns[index].title), max)
        }
        return ([columns.map(\.title)] + rows).map { cells in
            let line = cells.indices.map { Self.pad(cells[$0], widths[$0], right: columns[$0].isRight) }
            return line.joined(separator: "  ").trimmingSuffix(" ")
        }.joined(separator: "\n")
    }

    /// RFC 4180 with a byte order mark, by which a spreadsheet knows that it is UTF-8.
    var csv: String {
        "\u{FEFF}" + ([columns.map(\.title)] + rows).map { $0.map(Self.quote).joined(separator: ",") + "\r\n" }.joined()
    }

    static func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - Self.width(text)))
        return right ? space + text : text + space
    }

    /// Columns that a terminal gives a text: Chinese characters take two, combining marks none.
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    private static func quote(_ cell: String) -> String {
        let cell = SpreadsheetCell.guarded(cell)
        let isPlain = !cell.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
        return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self
        while text.last == character { text.removeLast() }
        return text
    }
}
