import Contract

/// What is doubtful of an account when it is registered. It's kept with the account, which then waits for another person,
/// who is shown it and says why it is approved all the same.
enum AccountDoubt: String, CaseIterable, Sendable {
    case otherName, shared, awarded
    /// Shared with, or awarded by, somebody whom the asker may not know of; never kept, see `DoubtsInSight`.
    case sharedElsewhere
    /// Of the number itself.
    case checkDigit, cardLength, rounded, cut

    var phrase: Phrase {
        switch self {
        case .otherName:
            Phrase(
                "The name on the account is not the owner's: ask for a proxy.", "户名不是本人：请索取委托书。")
        case .shared:
            Phrase(
                "The same account is registered for somebody else: check who is paid.", "另有人登记了同一账号：请核对款项付给谁。")
        case .sharedElsewhere:
            Phrase(
                "The account waits for confirmation: who approves it must see every union that it touches, so a union above does.",
                "该账户待确认：须由能够查看各相关工会的上级核准。")
        case .awarded:
            Phrase(
                "Money is awarded already that would go to this account: another person approves it first.",
                "已有批准的款项将付到此账户：须由另一人先核准。")
        case .checkDigit:
            Phrase("The card number's check digit is wrong: compare the card.", "银行卡号校验位不对：请核对银行卡。")
        case .cardLength:
            Phrase(
                "A card's number has 16 to 19 digits; this one has not: compare the card.",
                "银行卡号应为 16 至 19 位，此号不是：请核对银行卡。")
        case .rounded:
            Phrase(
                "After fifteen digits there are only zeros, as where a spreadsheet cut the number: compare the card.",
                "第十五位以后全是零，像是被电子表格截断：请核对银行卡。")
        case .cut:
            Phrase(
                "It begins like the number of a card and is too short for one, as where a file was cut: compare the card.",
                "开头像银行卡号但位数不够，像是文件被截断：请核对银行卡。")
        }
    }

    /// The column of a roster that it is about.
    var column: String { self == .otherName ? "户名" : "账号" }
}
