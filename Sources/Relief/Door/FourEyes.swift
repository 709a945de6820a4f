import Contract

/// The laws of who may act after whom, said to a person. They compare people, not logins.
enum FourEyes {
    /// Who made a case what it is decides nothing of it; `act` is what the database found him or her to have done.
    static func madeIt(_ act: String?) -> Refusal {
        if act == "reviewed" {
            return .forbidden(
                Phrase(
                    "Four eyes: nobody approves a case that he or she reviewed; another person must.",
                    "岗位分离：审核过本案的人不得审批，请由另一人办理。"))
        }
        let did = act.flatMap { acts[$0] } ?? Phrase("took part in it", "参与经办")
        return .forbidden(
            Phrase(
                "Four eyes: nobody decides a case that he or she made, and you \(did.en); another person must.",
                "岗位分离：经办人不得审核审批本案，您曾\(did.zh)，请由另一人办理。"))
    }

    private static let acts = [
        "opened": Phrase("opened or imported it", "立案或导入"), "submitted": Phrase("submitted it", "提交"),
        "amended": Phrase("changed its facts", "修改事项"), "papers": Phrase("brought papers of it", "收存材料"),
        "visited": Phrase("visited the family or recorded the visit", "入户走访或登记走访"),
        "means": Phrase("recorded a means check", "登记经济核对"), "published": Phrase("published its notice", "发布公示"),
        "resolved": Phrase("resolved an objection to it", "处理异议"),
    ]

    static func refusal(_ state: String) -> Refusal {
        switch state {
        case "RR045":
            .conflict(
                Phrase(
                    "A user stands for a living person who is registered with an identity number.",
                    "用户须对应一名在世且已登记身份证号的人员。"), field: "person")
        case "RR046":
            .forbidden(
                Phrase(
                    "Four eyes: two logins of one person are one person; another person must.",
                    "岗位分离：同一人的两个账号视为一人，请由另一人办理。"))
        case "RR047":
            .conflict(
                Phrase(
                    "The role is for somebody who is known: say first which person the user stands for (relief user link).",
                    "该岗位须由实名人员担任：请先指明该用户对应的人员（relief user link）。"), field: "user")
        case "RR048":
            .forbidden(
                Phrase(
                    "Four eyes: nobody gives a role to him- or herself, by whichever login; another administrator does.",
                    "岗位分离：不得给本人（包括本人的其他账号）授岗，请由另一名管理员办理。"), field: "user")
        case "RR049":
            .forbidden(
                Phrase(
                    "Four eyes: nobody says which person his or her own login stands for; another administrator does.",
                    "岗位分离：不得为本人的账号指定人员，请由另一名管理员办理。"), field: "user")
        case "RR051":
            .forbidden(
                Phrase(
                    "Four eyes: what governs everybody takes two people, both known by a person (relief user link): another than added or set it must release or confirm it.",
                    "岗位分离：方案和标准须由两名实名人员办理（relief user link），添加或设定的人不得自行发布或确认，请由另一人办理。"))
        default:
            .forbidden(
                Phrase(
                    "Four eyes: nobody approves an account of his or her own, of a relative or of a member of the household; another person must.",
                    "岗位分离：不得核准本人、近亲属或同户成员的账户，请由另一人办理。"), field: "account")
        }
    }
}
