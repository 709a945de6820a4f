/// What a spreadsheet makes of a cell of a CSV file that it opens: it guesses, and no quoting stops it.
enum SpreadsheetCell {
    /// Digits that a spreadsheet keeps of a number; those after are zeros.
    private static let digitsKept = 15

    /// The cell, behind an apostrophe where a spreadsheet would change it: a formula, an account number or a reference of
    /// more than fifteen digits, digits that begin with a zero, digits with an E. Numbers and amounts stay bare.
    static func guarded(_ cell: String) -> String {
        isFormula(cell) || isCut(cell) || isPower(cell) ? "'" + cell : cell
    }

    /// What it computes. The wide forms count in a Chinese one.
    private static func isFormula(_ cell: String) -> Bool {
        guard let first = cell.first, "=+-@\t\r＝＋－＠".contains(first) else { return false }
        return !isNumber(cell)
    }

    private static func isNumber(_ cell: String) -> Bool {
        cell.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?/) != nil
    }

    private static func isCut(_ cell: String) -> Bool {
        guard cell.wholeMatch(of: /[0-9]+/) != nil else { return false }
        return cell.utf8.count > digitsKept || (cell.utf8.count > 1 && cell.first == "0")
    }

    /// `12E5` is 1200000 to it.
    private static func isPower(_ cell: String) -> Bool {
        cell.wholeMatch(of: /[0-9]+[eE][0-9]+/) != nil
    }
}
