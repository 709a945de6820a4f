import Contract

/// The words of the parser of command lines, which it can't be told to say otherwise: put in place of its English where the
/// terminal is Chinese.
enum ParserWords {
    private static let lines = [
        ("OVERVIEW: ", "概述："), ("USAGE: ", "用法："), ("Usage: ", "用法："), ("ARGUMENTS:", "参数："), ("OPTIONS:", "选项："),
        ("SUBCOMMANDS:", "子命令："), ("Error: ", "错误："), ("Help:  ", "帮助："),
    ]

    private static let phrases = [
        ("Show help information.", "显示帮助。"), ("Show subcommand help information.", "显示子命令的帮助。"),
        ("Missing expected argument", "缺少参数"), ("Missing value for", "缺少取值："), ("Unknown option", "未知选项"),
        ("Unexpected argument", "多余的参数"), ("for more information.", "可查看更多说明。"), ("for detailed help.", "可查看详细说明。"),
        ("Did you mean", "是否要写"), ("  See '", "  用 '"), ("(values: ", "（取值："), ("(default: ", "（默认："),
    ]

    /// As this terminal shows it.
    static func shown(_ text: String, in language: Language = .ofTerminal) -> String {
        guard language == .chinese else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let begun = lines.first { line.hasPrefix($0.0) }.map { $0.1 + line.dropFirst($0.0.count) } ?? String(line)
            return phrases.reduce(begun) { $0.replacing($1.0, with: $1.1) }
        }.joined(separator: "\n")
    }
}
