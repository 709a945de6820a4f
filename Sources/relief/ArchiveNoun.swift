import ArgumentParser
import Contract

struct ArchiveNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Archives (建档).", subcommands: [Import.self])
}

extension ArchiveNoun {
    struct Import: ImportVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var organisation: String
        @OptionGroup var taking: ImportOptions

        func operation() throws -> ImportArchives {
            ImportArchives(organisation: organisation, csv: try taking.content(), mode: taking.mode)
        }
    }
}
