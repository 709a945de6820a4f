import ArgumentParser
import Client
import Contract
import Foundation
import Output

/// Fetches a document into a file.
struct EvidenceGet: QueryVerb {
    static var configuration: CommandConfiguration { described }
    @OptionGroup var common: CommonOptions
    @Option(help: GetEvidence.help("evidence"), transform: typed) var evidence: UUID
    @Option(help: ArgumentHelp("Folder to write the document to.", "写入哪个目录。", valueName: "dir")) var to = "."

    func operation() -> GetEvidence { GetEvidence(evidence: evidence) }

    func carryOut(with client: ReliefClient) async throws {
        let document = try await client.send(operation())
        if common.json { return try show(document) }
        // The uploader's name for it is no path of ours.
        let name = "evidence-\(evidence.uuidString.lowercased()).\(Files.nameExtension(document.mediaType))"
        try Standard.output(try Files.write(document.content, named: name, in: to))
    }
}
