import Foundation

// Usage: EmbedTextTool OUTPUT ROOT FILE...   Writes `EmbeddedText.files`, keyed by the path below ROOT.
let arguments = CommandLine.arguments
let (output, root) = (arguments[1], arguments[2])
let entries = try arguments.dropFirst(3).map { path in
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let key = path.dropFirst(root.count).drop { $0 == "/" }
    return "        \(String(key).debugDescription): \(text.debugDescription),\n"
}
let literal = entries.isEmpty ? "[:]" : "[\n" + entries.joined() + "    ]"
try "enum EmbeddedText {\n    static let files: [String: String] = \(literal)\n}\n"
    .write(toFile: output, atomically: true, encoding: .utf8)
