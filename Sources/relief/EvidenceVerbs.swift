import ArgumentParser
import Client
import Contract
import FoundationEssentials
import Output

extension EvidenceNoun {
    struct Add: CommandVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @OptionGroup var sending: SendingOptions
        @Option var `case`: String
        @Option(help: "As the programme names it.") var kind: String
        @Option(help: ArgumentHelp("The document.", valueName: "file")) var file: String
        @Option(help: "Told by the file's name, where not given.") var mediaType: String?

        func operation() throws -> AddEvidence {
            AddEvidence(
                case: self.case, kind: kind, fileName: Files.name(file), mediaType: mediaType ?? Files.mediaType(file),
                content: try Files.data(file))
        }
    }

    struct Get: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var evidence: Identifier
        @Option(help: ArgumentHelp("Folder to write the document to.", valueName: "dir")) var to = "."

        func operation() -> GetEvidence { GetEvidence(evidence: evidence.uuid) }

        func carryOut(with client: ReliefClient) async throws {
            let document = try await client.send(operation())
            if common.json { return try show(document) }
            // The uploader's name for it is no path of ours.
            let name = "evidence-\(evidence.uuid.uuidString.lowercased()).\(Files.nameExtension(document.mediaType))"
            try Standard.output(try Files.write(document.content, named: name, in: to))
        }
    }
}
