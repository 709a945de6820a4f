import Output

extension String {
    /// In one line, without what drives a terminal: errors and findings often hold foreign output.
    var printableLine: String { replacing("\r\n", with: " ").replacing("\n", with: " ").legible }
}
