import ArgumentParser
import Contract

struct EvidenceNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: "Documents of cases.", subcommands: [Add.self, Get.self])
}
