import Foundation
import PackagePlugin

/// Carries a target's text folders into the program as one dictionary of string literals, so that an installed binary
/// needs no resource folder beside it. The target excludes the same folders in the manifest.
@main
struct EmbedText: BuildToolPlugin {
    private let folders = ["sql", "Templates", "Assets"]
    private let extensions: Set = ["sql", "mustache", "html", "css", "js", "svg", "txt", "json", "yaml"]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        var named: [(key: String, file: URL)] = []
        for folder in folders {
            // sql is a link to the top of the repository: SwiftPM watches what lies in the target, and through links.
            let root = target.directoryURL.appending(path: folder, directoryHint: .isDirectory)
                .resolvingSymlinksInPath()
            let found = FileManager.default.enumerator(
                at: root, includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
            for case let file as URL in found ?? .init() where extensions.contains(file.pathExtension) {
                named.append((folder + file.path.dropFirst(root.path.count), file))
            }
        }
        named.sort { $0.key < $1.key }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedText.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(named.count) text files of \(target.name)",
                executable: try context.tool(named: "EmbedTextTool").url,
                arguments: [output.path] + named.flatMap { [$0.key, $0.file.path] },
                inputFiles: named.map(\.file),
                outputFiles: [output])
        ]
    }
}
