import ArgumentParser
import Contract
import Glibc
import Output
import Terminal

@main
struct Relief: Program {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "relief",
            abstract: Phrase("Case management of union assistance, on the command line.", "工会帮扶案件管理，命令行。").shown,
            discussion: discussion.shown, subcommands: Nouns.commands + [TopVerb.self, WhoAmIVerb.self, Verbs.self])
    }

    private static let discussion = Phrase(
        """
        What a verb is about may stand alone after the verb: “relief case show R-2026-0001”. Nouns, verbs and names of \
        states are understood in Chinese, too: “relief 案件 查看 R-2026-0001”.

        Amounts are in yuan, everywhere and as people write them (6430, 6,430.00, ￥6430, 0.643万元), days are written \
        2026-11-22. An identity or account number given as “-” is read from the standard input, a line each, so that no \
        list of processes and no history of a shell has it.

        Exit codes: 0 done, 1 a check that failed, 3 invalid, 4 not found, 5 conflict, 6 not allowed, 7 reliefd is \
        unavailable, 64 the command line can't be read, 70 internal error, 74 the answer or a file could not be written \
        (a full disk; what was asked may be done). Where nobody reads the answer it ends as cat does (141).
        """,
        """
        动词之后可直接写对象：“relief case show R-2026-0001”。名词、动词和状态也可用中文：“relief 案件 查看 R-2026-0001”。

        金额一律以元计，照常书写（6430、6,430.00、￥6430、0.643万元），日期写作 2026-11-22。身份证号或账号写“-”时从标准输入\
        逐行读取，以免出现在进程列表或命令历史中。

        退出码：0 办妥，1 检查未通过，3 输入有误，4 未找到，5 冲突，6 无权限，7 reliefd 不可用，64 命令行无法识别，70 内部\
        错误，74 结果或文件无法写出（磁盘已满；所办事项可能已经办妥）。无人读取结果时与 cat 一样结束（141）。
        """)

    static func main() async {
        // Whatever it writes is for its user alone, from the first byte on.
        umask(0o077)
        await perform()
    }

    static func words(_ typed: [String]) throws -> [String] {
        try Doubled.refuse(typed)
        return Words.understood(typed)
    }
}

/// Lists every operation that has a verb, so that a test can compare them with the contract.
struct Verbs: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "verbs", shouldDisplay: false)

    func run() throws {
        var seen: Set<ObjectIdentifier> = []
        for name in Self.names(of: Relief.self, &seen) { try Standard.output(name) }
    }

    /// A verb that stands under two nouns, as `job pause` and `queue pause`, is one.
    private static func names(
        of command: any ParsableCommand.Type, _ seen: inout Set<ObjectIdentifier>
    ) -> [String] {
        guard seen.insert(ObjectIdentifier(command)).inserted else { return [] }
        if let verb = command as? any Verb.Type { return verb.operationNames }
        return command.configuration.subcommands.flatMap { names(of: $0, &seen) }
    }
}
