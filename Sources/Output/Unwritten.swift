import Foundation

/// What was to be written isn't there.
package struct Unwritten: Error, Equatable {
    /// The file; nil for the standard output.
    package let file: String?
    /// The system's number of what was wrong, as `ENOSPC`.
    package let code: Int32

    package init(file: String? = nil, code: Int32) {
        (self.file, self.code) = (file, code)
    }

    /// Whoever read the standard output reads no more: nothing went wrong, and there is nobody to tell.
    package var readerIsGone: Bool { file == nil && code == EPIPE }
}

/// For logs; people are told by `Terminal`.
extension Unwritten: CustomStringConvertible {
    package var description: String {
        "\(file ?? "the standard output") can't be written: \(String(cString: strerror(code)))"
    }
}
