extension String {
    /// Without what drives a terminal: errors often hold foreign output. A line end stays.
    var printable: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? "\u{FFFD}" : $0 }))
    }

    /// The same in one line.
    var printableLine: String { replacing("\r\n", with: " ").replacing("\n", with: " ").printable }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control && self != "\n" }
}
