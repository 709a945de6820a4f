import ArgumentParser
import Contract

struct ArchiveNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Archives (建档).", subcommands: [Import.self])
}

extension ArchiveNoun {
    struct Import: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var organisation: String
        @Option(help: ArgumentHelp("CSV file, UTF-8.", valueName: "file")) var csvFile: String
        @Option var mode: ImportMode

        func operation() throws -> ImportArchives {
            ImportArchives(organisation: organisation, csv: try Files.text(csvFile), mode: mode)
        }
    }
}
