extension Unicode.Scalar {
    /// Whether it steers how text is shown and has no shape of its own: controls, marks of direction, what joins or parts
    /// without width, byte order marks, fillers. Spreadsheets, chat programs and web pages leave them around what is copied.
    /// Blanks, line ends and variation selectors are none of these.
    package var isInvisible: Bool {
        if properties.isWhitespace || properties.isVariationSelector { return false }
        switch properties.generalCategory {
        case .control, .format: return true
        default: return properties.isDefaultIgnorableCodePoint
        }
    }
}
