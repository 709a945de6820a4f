/// Why a bank refused or returned a payment: an ISO 20022 external reason code, or any other word a bank sends.
///
/// The sets are external and grow; an unknown code is kept as it came and has no `meaning`.
package struct ReasonCode: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(stringLiteral value: String) {
        self.rawValue = value
    }

    /// What a known code says.
    package struct Meaning: Sendable, Equatable {
        package let english: String
        package let chinese: String
        /// True where the same payment to the same account can't succeed: the payee's data must change first.
        package let retryIsPointless: Bool
    }

    package var meaning: Meaning? { Self.table[rawValue] }

    package var description: String { rawValue }

    private static let table: [String: Meaning] = {
        var table: [String: Meaning] = [:]
        func add(_ code: String, _ english: String, _ chinese: String, pointless: Bool) {
            table[code] = Meaning(english: english, chinese: chinese, retryIsPointless: pointless)
        }
        add("AC01", "Account number is wrong", "账号有误", pointless: true)
        add("AC03", "Creditor account number is invalid", "收款账号无效", pointless: true)
        add("AC04", "Account is closed", "账户已销户", pointless: true)
        add("AC06", "Account is blocked", "账户已冻结", pointless: true)
        add("AC07", "Creditor account is closed", "收款账户已销户", pointless: true)
        add("AG01", "This account may not receive such payments", "该类账户不允许此项交易", pointless: true)
        add("AM01", "Amount is zero", "金额为零", pointless: true)
        add("AM02", "Amount is over the allowed maximum", "金额超过限额", pointless: true)
        add("AM04", "Not enough money on the paying account", "付款账户余额不足", pointless: false)
        add("AM05", "Duplicate of another payment", "重复支付", pointless: true)
        add("AM09", "Amount differs from the agreed one", "金额不符", pointless: true)
        add("AM10", "Sum of the payments differs from the control sum", "明细合计与总金额不符", pointless: true)
        add("AM11", "Currency is not allowed", "币种无效", pointless: true)
        add("AM12", "Amount is invalid", "金额无效", pointless: true)
        add("AM18", "Number of payments differs from the stated one", "明细笔数与总笔数不符", pointless: true)
        add("BE01", "Name and account do not belong together", "户名与账号不符", pointless: true)
        add("BE06", "Customer is unknown to the bank", "客户不存在", pointless: true)
        add("DU01", "Message identification was used before", "报文标识重复", pointless: true)
        add("DU02", "Payment information identification was used before", "批次标识重复", pointless: true)
        add("DU03", "Transaction was sent before", "交易重复", pointless: true)
        add("DU04", "End-to-end identification was used before", "端到端标识重复", pointless: true)
        add("DU05", "Instruction identification was used before", "指令标识重复", pointless: true)
        add("ED05", "Settlement failed", "清算失败", pointless: false)
        add("FF01", "File format is wrong", "文件格式有误", pointless: true)
        add("FF10", "Bank system could not process it", "银行系统处理失败", pointless: false)
        add("MD07", "Account holder has died", "账户持有人已死亡", pointless: true)
        add("MS02", "No reason given by the customer", "客户未说明原因", pointless: false)
        add("MS03", "No reason given by the bank", "银行未说明原因", pointless: false)
        add("NARR", "Reason is in the free text", "原因见附言", pointless: false)
        add("RC01", "Bank identification is wrong", "行号有误", pointless: true)
        add("RR01", "Regulatory: account or identity of the debtor is missing", "监管要求：缺付款人账户或身份", pointless: true)
        add("RR02", "Regulatory: name or address of the debtor is missing", "监管要求：缺付款人名称或地址", pointless: true)
        add("RR03", "Regulatory: name or address of the creditor is missing", "监管要求：缺收款人名称或地址", pointless: true)
        add("RR04", "Regulatory reason", "监管原因", pointless: true)
        add("TM01", "Arrived after the cut-off time", "超过截止时间", pointless: false)
        return table
    }()
}
