import Foundation

// Usage: EmbedTextTool OUTPUT (KEY FILE)...   Writes `EmbeddedText.files`, the text of each file under its key.
let arguments = CommandLine.arguments
let entries = try stride(from: 2, to: arguments.count, by: 2).map { index in
    let text = try String(contentsOfFile: arguments[index + 1], encoding: .utf8)
    return "        \(arguments[index].debugDescription): \(text.debugDescription),\n"
}
let literal = entries.isEmpty ? "[:]" : "[\n" + entries.joined() + "    ]"
try "enum EmbeddedText {\n    static let files: [String: String] = \(literal)\n}\n"
    .write(toFile: arguments[1], atomically: true, encoding: .utf8)
