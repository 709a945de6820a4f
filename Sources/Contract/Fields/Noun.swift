/// What verbs are about: `case`, `run`. Operations are named `noun.verb`.
package struct Noun: Sendable {
    package let name: String
    /// In one word of Chinese; understood in its place.
    package let chinese: String
    package let summary: Phrase
    /// Shorter names that are understood, too.
    package let others: [String]
    /// The verb that is meant where none is given.
    package let usual: String?

    private init(
        _ name: String, _ chinese: String, _ english: String, _ summary: String, others: [String] = [],
        usual: String? = nil
    ) {
        (self.name, self.chinese, self.others, self.usual) = (name, chinese, others, usual)
        self.summary = Phrase(english, summary)
    }

    /// In the order in which help lists them.
    package static let all: [Noun] = [
        Noun("user", "用户", "Users and their roles.", "用户及其角色。"),
        Noun("token", "令牌", "Tokens of machines and remote users.", "程序和远程用户的令牌。"),
        Noun("organisation", "工会", "The tree of unions.", "工会组织体系。", others: ["org"]),
        Noun("confirmation", "待确认", "What waits for the word of a union above.", "等待上级工会答复的事项。"),
        Noun("employer", "单位", "Employers.", "用人单位。"),
        Noun("person", "人员", "Persons.", "人员。"),
        Noun("membership", "会籍", "Membership in a union.", "工会会籍。"),
        Noun("account", "账户", "Accounts that are paid to.", "收款账户。"),
        Noun("household", "家庭", "Households.", "家庭户。"),
        Noun("archive", "档案", "Archives (建档).", "困难职工档案（建档）。"),
        Noun("programme", "项目", "Relief programmes.", "帮扶项目。"),
        Noun("parameter", "标准", "Dated, regional figures.", "分地区、有起止日期的标准。"),
        Noun("calendar", "日历", "Working days.", "工作日。"),
        Noun("case", "案件", "Relief cases.", "帮扶案件。"),
        Noun("visit", "走访", "Home visits.", "入户走访。"),
        Noun("means", "核对", "Means checks.", "家庭经济状况核对。"),
        Noun("followup", "回访", "Follow-up.", "回访。"),
        Noun("award", "救助", "Awards.", "救助。"),
        Noun("evidence", "材料", "Documents of cases.", "案件材料。"),
        Noun("notice", "公示", "Public notices.", "公示。"),
        Noun("objection", "异议", "Objections to public notices.", "对公示的异议。"),
        Noun("fund", "资金", "Funds and their books.", "资金及账簿。"),
        Noun("run", "批次", "Payment runs.", "发放批次。"),
        Noun("payment", "付款", "Payments.", "付款。"),
        Noun("bank", "银行", "What the bank said.", "银行的答复。"),
        Noun("remittance", "经费", "Union dues that were paid in.", "缴纳的工会经费。"),
        Noun("job", "任务", "Jobs of the daemon.", "后台任务。"),
        Noun("queue", "队列", "Queues of jobs.", "任务队列。"),
        Noun("schedule", "计划", "What runs by the clock.", "按时运行的计划。"),
        Noun("audit", "审计", "The audit log.", "审计日志。"),
        Noun("clock", "时钟", "The daemon's time.", "系统时间。", usual: "show"),
        Noun("doctor", "体检", "Health of the daemon.", "系统健康状况。", usual: "report"),
    ]

    /// The noun that somebody typed, in either language; nil where it is none.
    package static func named(_ word: String) -> Noun? {
        all.first { $0.name == word || $0.chinese == word || $0.others.contains(word) }
    }

    /// What help says of it: in Chinese with the word that may be typed.
    package var told: Phrase { Phrase(summary.en, "\(chinese)：\(summary.zh)") }

    package static func of(_ operation: any Operation.Type) -> Noun? { named(operation.noun) }
}

extension Operation {
    /// `case` of `case.open`.
    package static var noun: String { name.split(separator: ".").first.map(String.init) ?? name }

    /// `open` of `case.open`.
    package static var verb: String { name.split(separator: ".").last.map(String.init) ?? name }
}

/// The Chinese words for verbs, one for each, whatever the noun.
package enum VerbGlossary {
    /// The verb in English that somebody typed in either language; as it was typed where it is none.
    package static func verb(_ word: String) -> String { english[word] ?? word }

    /// What help says of a verb: in Chinese with the word that may be typed.
    package static func told(_ verb: String, _ summary: Phrase) -> Phrase {
        Phrase(summary.en, chinese[verb].map { "\($0)：\(summary.zh)" } ?? summary.zh)
    }

    private static let english = Dictionary(uniqueKeysWithValues: chinese.map { ($0.value, $0.key) })

    package static let chinese: [String: String] = [
        "add": "添加", "advance": "前拨", "alive": "撤销去世", "allow": "准支", "amend": "修改", "approve": "批准",
        "attach": "挂接", "cancel": "取消", "check": "检查", "checkpoint": "检查点", "close": "结案", "confirm": "确认",
        "correct": "更正", "create": "新建", "decide": "审批", "define": "登记标准", "definitions": "目录", "died": "去世",
        "disable": "停用", "disprove": "证明未付", "erase": "销毁", "explain": "说明", "export": "导出", "file": "取文件",
        "find": "查找", "get": "取出", "grant": "授权", "import": "导入", "issue": "签发", "join": "加入", "key": "公钥",
        "kin": "亲属", "leave": "退出", "limit": "限制", "link": "对应", "list": "列表", "log": "日志", "match": "对应明细",
        "matches": "认定列表", "next": "预告", "object": "提出异议", "open": "立案", "pause": "暂停运行", "prepare": "编制",
        "prove": "证明", "publish": "发布公示", "receive": "入账", "reconcile": "对账", "record": "记录", "register": "登记",
        "reissue": "重发", "release": "交付", "renew": "换发", "report": "报告", "resolve": "处理", "resume": "恢复",
        "retire": "停用版本", "retry": "重试", "reveal": "查看明文", "reverse": "冲回", "revoke": "收回", "run": "运行",
        "screen": "筛查", "set": "设置", "settle": "处置", "sheet": "签批表", "sheets": "历次签批表", "show": "查看",
        "statement": "流水", "stop": "停发", "submit": "提交", "suspend": "暂停", "tail": "跟踪", "timeline": "经过",
        "verify": "验证", "withdraw": "撤回",
    ]
}
