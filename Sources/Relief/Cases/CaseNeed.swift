import Contract

/// What a move of a case requires, by the word that `relief.case_move` and `relief.case_has` have for it.
enum CaseNeed: String, Sendable {
    case blank
    case submission
    case `return`
    case rejection
    case award
    case archive
    case payment
    case nothingDue
    case failedPayment
    case followUp

    /// What is wanting where it is not there.
    var wanting: Phrase {
        switch self {
        case .blank: Phrase("it must begin with nothing decided", "立案时不得带有办理结果")
        case .submission: Phrase("nobody has submitted what it shows", "现有内容尚未有人提交")
        case .return: Phrase("nobody has decided to return it", "尚无退回决定")
        case .rejection: Phrase("nobody has decided to reject it", "尚无否决决定")
        case .award: Phrase("it has no award", "尚无救助决定")
        case .archive: Phrase("it has entered no archive", "尚未建档")
        case .payment: Phrase("nothing of it has been paid", "尚无发放记录")
        case .nothingDue: Phrase("part of its award is still to be paid", "仍有款项未发放")
        case .failedPayment: Phrase("no money of it has come back", "没有退回的款项")
        case .followUp: Phrase("it has no follow-up yet", "尚未回访")
        }
    }
}

extension CaseLife {
    /// What the law of moves refused, by its detail: the case, from, to, what is wanting.
    static func refusal(_ detail: String?) -> Refusal? {
        let words = detail?.split(separator: " ").map(String.init) ?? []
        guard words.count >= 3, let next = CaseState(rawValue: words[2])?.title else { return nil }
        let number = words[0]
        guard let was = CaseState(rawValue: words[1])?.title else {
            return .conflict(
                Phrase(
                    "A case begins as an empty draft: \(number) can't.", "案件须从空白草稿开始：\(number)不能这样立案。"), field: "case")
        }
        let wanting =
            words.dropFirst(3).first.flatMap(CaseNeed.init)?.wanting
            ?? Phrase("it isn't a step of its life", "不符合办理流程")
        return .conflict(
            Phrase(
                "Case \(number) can't go from \(was.en) to \(next.en): \(wanting.en).",
                "案件\(number)不能由“\(was.zh)”转为“\(next.zh)”：\(wanting.zh)。"), field: "case")
    }

    /// The law of the chain: step by step.
    static func outOfTurn(_ number: String?) -> Refusal {
        .conflict(
            Phrase(
                "Case \(number ?? "") goes on to its next step alone, once that is open.",
                "案件\(number ?? "")须逐个环节办理。"), field: "case")
    }
}
