import ArgumentParser
package import Contract
import Foundation

extension Language: ExpressibleByArgument {
    package init?(argument: String) {
        guard ["en", "zh"].contains(argument.lowercased().prefix(2)) else { return nil }
        self.init(tag: argument)
    }

    /// The language of this terminal: `--lang`, else the first that is set of LC_ALL, LC_MESSAGES and LANG, as POSIX has it.
    ///
    /// Read from the words of the command line, because a command line that can't be parsed is answered in it, too.
    package static let ofTerminal: Language = {
        let words = CommandLine.arguments
        if let option = words.lastIndex(of: "--lang"), words.indices.contains(option + 1) {
            return Language(tag: words[option + 1])
        }
        if let option = words.last(where: { $0.hasPrefix("--lang=") }) { return Language(tag: option.dropFirst(7)) }
        return Language(environment: ProcessInfo.processInfo.environment)
    }()
}

extension Phrase {
    /// As this terminal shows it.
    package var shown: String { text(in: .ofTerminal) }
}
