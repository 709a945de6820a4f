/// What fields mean that have the same meaning wherever they occur; an operation says more where it means something else.
package enum FieldGlossary {
    package static let notes: [String: FieldNote] = things.merging(values) { $1 }.merging(lists) { $1 }

    /// What operations are about, by number, code or id.
    private static let things: [String: FieldNote] = [
        "account": FieldNote("Id of the payee account, as account list shows it.", "收款账户标识，见 account list。"),
        "case": FieldNote("Number of the case.", "案件编号。"),
        "confirmation": FieldNote("Id, as confirmation list shows it.", "待确认事项标识，见 confirmation list。"),
        "employer": FieldNote("Unified social credit code of the employer.", "用人单位的统一社会信用代码。"),
        "evidence": FieldNote("Id of the document, as case show has it.", "材料标识，见 case show。"),
        "fund": FieldNote("Code of the fund.", "资金代码。"),
        "household": FieldNote("Number of the household.", "家庭户编号。"),
        "index": FieldNote("Place of the leaf in the log, from 0.", "记录在日志中的位置，自 0 起。"),
        "job": FieldNote("Number of the job.", "任务编号。"),
        "line": FieldNote("Id, as bank list shows it.", "银行明细标识，见 bank list。"),
        "match": FieldNote("Id, as bank matches shows it.", "认定标识，见 bank matches。"),
        "notice": FieldNote("Number of the notice.", "公示编号。"),
        "objection": FieldNote("Id of the objection, as notice show has it.", "异议标识，见 notice show。"),
        "organisation": FieldNote("Code of the union; holds for all under it.", "工会代码，含其下级。"),
        "parent": FieldNote("Code of the union above.", "上级工会代码。"),
        "payment": FieldNote("Reference of the payment.", "付款参考号。"),
        "person": FieldNote("Number of the person.", "人员编号。"),
        "programme": FieldNote("Code of the programme, as P04.", "项目代码，如 P04。"),
        "queue": FieldNote("Name of the queue.", "队列名称。"),
        "run": FieldNote("Number of the run.", "批次编号。"),
        "schedule": FieldNote("Name of the schedule.", "计划名称。"),
        "user": FieldNote("Login of the user.", "用户登录名。"),
    ]

    private static let values: [String: FieldNote] = [
        "accountHolder": FieldNote("Name on the account.", "账户户名。"),
        "accountNumber": FieldNote("Account number; - reads it.", "账号；写 - 则从标准输入读取。", entry: .secret),
        "address": FieldNote("Where the household lives.", "家庭住址。"),
        "amount": FieldNote("Yuan: 6430, 6,430.00, 8万.", "金额，元：6430、6,430.00、8万。"),
        "bank": FieldNote("Name of the bank and branch.", "开户行名称。"),
        "cnaps": FieldNote("Twelve digits of the branch (联行号).", "开户网点的 12 位联行号。"),
        "code": FieldNote("Short, unique: letters, digits and underscore.", "简短、唯一：字母、数字和下划线。"),
        "facts": FieldNote(
            "A fact, name=value, an amount in yuan; repeat for more. name= takes one away.",
            "事实，写作 名称=值，金额以元计；可重复。名称= 表示取消该项。", name: "fact"),
        "fundParent": FieldNote(
            "Whether money comes through this parent; exactly one does on any day.",
            "经费是否经由该上级；任一日恰有一个。", entry: .flag),
        "holder": FieldNote("Name on the account.", "账户户名。"),
        "idNumber": FieldNote(
            "Resident identity number, 18 characters; - reads it.", "居民身份证号，18 位；写 - 则从标准输入读取。",
            entry: .secret),
        "item": FieldNote("What may be spent on, as programmes name it.", "支出项目，以项目文件所写为准。"),
        "name": FieldNote("As people write it.", "名称。"),
        "note": FieldNote("What should be known of it.", "备注。"),
        "number": FieldNote("Account number; - reads it.", "账号；写 - 则从标准输入读取。", entry: .secret),
        "on": FieldNote("The day on which it happened.", "发生日期。"),
        "outcome": FieldNote("What came of it.", "结果。"),
        "phone": FieldNote("Phone number.", "电话。"),
        "proof": FieldNote("The bank's document.", "银行出具的证明。"),
        "reason": FieldNote("Why; the audit log keeps it.", "原因，将记入审计日志。"),
        "region": FieldNote("Code of the union where it holds, and under it.", "适用工会的代码，含其下级。"),
        "relation": FieldNote("To the head of the household.", "与户主的关系。"),
        "role": FieldNote("What the user may do there.", "角色。"),
        "sheet": FieldNote("An earlier sheet, by its first digits.", "以前的签批表，写其编号的前几位。"),
        "source": FieldNote("The document it comes from.", "依据文件。"),
        "text": FieldNote("What was said.", "内容。"),
        "unit": FieldNote(
            "May be left out; must fit the kind: yuan, fen, percent, days.", "可不写；须与计量相符：元、分、百分之、天。"),
        "unseen": FieldNote(
            "Signed without having been looked at: the log says so.", "未查看即签批：日志会注明。", entry: .told),
        "uscc": FieldNote("Unified social credit code, 18 characters.", "统一社会信用代码，18 位。"),
        "value": FieldNote(
            "By its kind: an amount in yuan (643, 8万), whole percent, days or a count.",
            "按计量填写：金额以元计（643、8万），或整百分数、天数、个数。"),
        "version": FieldNote("Version of the programme, from 1.", "项目版本，自 1 起。"),
        "year": FieldNote("Calendar year.", "年度。"),
    ]

    /// Of lists, spans and files.
    private static let lists: [String: FieldNote] = [
        "all": FieldNote("Also what is settled already.", "含已办结的。", entry: .flag),
        "csv": FieldNote(
            "Table as a spreadsheet saves it: CSV in UTF-8, UTF-16 or GB18030, parted by commas, tabs or semicolons.",
            "电子表格另存的 CSV：UTF-8、UTF-16 或 GB18030，以逗号、制表符或分号分隔。", name: "csvFile", entry: .file),
        "cursor": FieldNote("Where the last part of the list ended.", "上一页给出的续页位置。"),
        "fileName": FieldNote("Name of the file.", "文件名。", entry: .fileName),
        "format": FieldNote("Format of the file.", "文件格式。"),
        "from": FieldNote("First day.", "起始日。"),
        "kind": FieldNote("Which kind.", "类别。"),
        "limit": FieldNote("Rows of one part of the list, 1 to 500.", "每页行数，1 至 500。"),
        "mediaType": FieldNote(
            "Told by the file's name, where not given.", "不写则按文件名判断。", entry: .mediaType),
        "mode": FieldNote(
            "all: one refused row leaves the whole file undone; valid: the others are taken in.",
            "all：有一行被退回则整份不办；valid：其余各行照办。", usual: "all"),
        "search": FieldNote("In number and name.", "在编号和姓名中查找。"),
        "state": FieldNote("Only those in this state.", "只列该状态的。"),
        "step": FieldNote("Kind of the open step.", "当前步骤的类别。"),
        "subject": FieldNote("What it is about: case/NUMBER, run/NUMBER.", "所涉对象：case/编号、run/编号。"),
        "to": FieldNote("Last day.", "截止日。"),
        "under": FieldNote("Code of a union: those below it.", "工会代码：其下级。"),
    ]
}
