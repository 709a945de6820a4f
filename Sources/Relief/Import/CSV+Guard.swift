extension String {
    /// Without the apostrophe that `relief … --csv` puts before what a spreadsheet would change, a long number or a formula.
    var withoutGuard: String {
        guard hasPrefix("'"), let next = dropFirst().first, "0123456789=+-@＝＋－＠".contains(next) else { return self }
        return String(dropFirst())
    }
}
