import Contract
import Postgres

/// The laws that stand in the database, said to a person. Constraint names are turned into refusals beside the statement
/// that can hit them; here stand only the laws that any statement can hit.
enum DatabaseRefusal {
    static func of(_ error: PostgresError) -> Refusal? {
        guard let state = error.sqlState else { return nil }
        switch state {
        case "RR001":
            return Refusal(.conflict, said(error, "这两个角色不能由同一人担任。"), field: "role")
        case "RR002":
            return Refusal(
                .conflict,
                Phrase(
                    "The case has changed since it was shown: look at it again and decide on that.",
                    "案件在查看之后有变化：请重新查看再作决定。"),
                field: "sheet")
        case "RR003":
            return FourEyes.madeIt(error.detail)
        case "RR004":
            return Refusal(
                .forbidden,
                Phrase(
                    "Nobody decides on his or her own case or on a relative's.",
                    "任何人不得审批本人或亲属的案件。"))
        case "RR005": return Refusal(.conflict, said(error, "救助须与案件的审批一致。"))
        case "RR006": return Refusal(.conflict, said(error, "批准的人数还不够。"))
        case "RR007": return Refusal(.conflict, said(error, "案件还没有回访。"))
        case "RR008": return Refusal(.conflict, said(error, "目前的状态不能这样变更。"))
        case "RR010": return Refusal(.conflict, said(error, "该账户须先由另一人核准。"))
        case "RR009": return Refusal(.conflict, said(error, "付款与其批次或救助不符。"))
        case "RR011": return Refusal(.conflict, said(error, "付款的重发次序不符。"))
        case "RR012":
            return Refusal(
                .conflict,
                Phrase(
                    "A member of the household stands in another active archive: one household, one archive (一户一档).",
                    "该户成员已在另一有效档案中：一户一档。"),
                field: "household")
        case "RR013": return NewHousehold.peopleOfAnother
        case "RR014": return Refusal(.conflict, said(error, "工会的上下级关系不符：任一日恰有一个经费上级，且不能隶属于自己。"))
        case "RR015": return CaseSubjects.movedAway
        case "RR021":
            return Refusal(
                .forbidden,
                Phrase(
                    "Four eyes: \(error.message); another person must.",
                    "须由不同的人办理（四眼原则）：请由另一人办理。"))
        case "RR023":
            return Refusal(
                .forbidden,
                Phrase(
                    "Four eyes: nobody passes two levels of review of one case; another reviewer must.",
                    "岗位分离：同一人不得通过同一案件的两级审核，请由另一名审核人办理。"))
        case "RR024":
            return Refusal(
                .forbidden,
                Phrase(
                    "Four eyes: nobody closes a case that he or she alone followed up; another person must.",
                    "岗位分离：独自完成回访的人不得结案，请由另一人办理。"))
        case "RR026":
            return Refusal(
                .conflict,
                Phrase(
                    "The case has no follow-up after its last payment yet: record one (relief followup record).",
                    "最后一笔款项入账后还没有回访：请先登记回访（relief followup record）。"), field: "case")
        case "RR025":
            return Refusal(
                .conflict,
                Phrase(
                    "The public notice must stand its working days first; days off that were entered since count too. Return the case and publish it again.",
                    "公示须满规定的工作日（包括此后录入的休息日）。请退回该案件并重新公示。"))
        case "RR033", "RR034": return CaseLife.refusal(error.detail)
        case "RR035": return CaseLife.outOfTurn(error.detail)
        case "RR031", "RR032":
            return Refusal(
                .conflict,
                Phrase(
                    "The token or its user was shut out meanwhile: an administrator issues a new one.",
                    "该令牌或其用户已被停用：请联系管理员重新签发。"), field: "user")
        case "RR022": return Refusal(.conflict, said(error, "付款的结果须以银行的答复为准，且与之相符。"))
        case "RR045", "RR046", "RR047", "RR048", "RR049", "RR050", "RR051": return FourEyes.refusal(state)
        case "RA002": return Refusal(.conflict, said(error, "已经登记的内容不得更改。"))
        case "22021", "22P05":
            return Refusal(
                .invalid,
                Phrase(
                    "A text holds a character that can't be kept (U+0000): leave it out.",
                    "文字中含有不能保存的字符（U+0000）：请删去。"))
        case "23514" where error.constraint.map(byAnother.contains) == true:
            return Refusal(
                .forbidden,
                Phrase(
                    "Four eyes: this step belongs to another person than the one before.",
                    "须由不同的人办理：本步骤与上一步骤不能是同一人。"))
        case "22001", "22003", "22007", "22008", "22P02", "22P03", "23502", "23514", "54000":
            return unkept(error)
        default: return nil
        }
    }

    /// A value that no column holds, or that a law of its column refuses: every one that no rule of ours has named before.
    private static func unkept(_ error: PostgresError) -> Refusal {
        let field = column(of: error).map(camelCased)
        guard let field else {
            return .invalid(
                Phrase(
                    "A value of the request can't be kept: a number or a day is too large, or a text is empty, too long or of another form; correct it.",
                    "请求中有不能保存的值：数或日期过大，或者文字为空、过长、格式不对，请改正。"))
        }
        return .invalid(
            Phrase(
                "“\(field)” can't be kept: it must be neither empty nor too large or long, and of its field's form.",
                "“\(field)”不能保存：不得为空、过大或过长，格式应符合该项要求。"), field: field)
    }

    /// The server names the column, or the constraint after table and column.
    private static func column(of error: PostgresError) -> String? {
        if let column = error.column { return column }
        guard let table = error.table, let constraint = error.constraint, constraint.hasPrefix(table + "_"),
            constraint.hasSuffix("_check")
        else { return nil }
        let middle = constraint.dropFirst(table.count + 1).dropLast("_check".count)
        return middle.isEmpty ? nil : String(middle)
    }

    private static func camelCased(_ column: String) -> String {
        let words = column.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static let byAnother: Set<String> = [
        "match_confirmed_by_another", "run_checked_by_another", "run_approved_by_another", "run_released_by_another",
        "account_approved_by_another",
    ]

    /// A law in its own words, which are English in the database, and in Chinese.
    private static func said(_ error: PostgresError, _ chinese: String) -> Phrase {
        Phrase(error.message.prefix(1).uppercased() + error.message.dropFirst() + ".", chinese)
    }
}
