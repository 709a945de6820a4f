package import FoundationEssentials

/// Where the bytes of a bank file come from.
package enum BankFileSource: Sendable {
    case bytes(Data)
    /// Read piece by piece: memory stays flat whatever the size.
    case file(path: String)
}

/// How much of a file from outside is read before it is refused.
package struct BankFileLimits: Sendable {
    /// Bytes of the whole file.
    package var bytes: Int
    /// Elements within elements.
    package var depth: Int
    /// Bytes of one text.
    package var text: Int

    /// Room for a million payments.
    package init(bytes: Int = 4 << 30, depth: Int = 32, text: Int = 8_192) {
        self.bytes = bytes
        self.depth = depth
        self.text = text
    }
}
