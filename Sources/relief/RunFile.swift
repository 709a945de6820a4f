import ArgumentParser
import Client
import Contract
import Output

extension RunNoun {
    struct File: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var run: String
        @Option(help: ArgumentHelp("Folder to write the file to.", valueName: "dir")) var to = "."

        func operation() -> GetRunFile { GetRunFile(run: run) }

        func carryOut(with client: ReliefClient) async throws {
            let file = try await client.send(operation())
            if common.json { return try show(file) }
            try Standard.output(try Files.write(file.content, named: file.fileName, in: to))
            try Standard.output("SHA-256 \(file.sha256)")
        }
    }
}
