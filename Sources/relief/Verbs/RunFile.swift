import ArgumentParser
import Client
import Contract
import Output

struct RunFile: QueryVerb {
    static var configuration: CommandConfiguration { described }
    @OptionGroup var common: CommonOptions
    @Option(help: GetRunFile.help("run")) var run: String
    @Option(help: ArgumentHelp("Folder to write the file to.", "写入哪个目录。", valueName: "dir")) var to = "."

    func operation() -> GetRunFile { GetRunFile(run: run) }

    func carryOut(with client: ReliefClient) async throws {
        let file = try await client.send(operation())
        if common.json { return try show(file) }
        try Standard.output(try Files.write(file.content, named: file.fileName, in: to))
        try Standard.output("SHA-256 \(file.sha256)")
    }
}
