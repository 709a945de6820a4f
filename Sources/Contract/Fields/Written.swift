package import FoundationEssentials
package import WorkingDays

/// A value that people type as one text: at the command line, in a form.
package protocol Written: Decodable {
    /// nil where it isn't one.
    init?(written text: String)

    /// What it looks like, after “must be”.
    static var written: Phrase { get }
}

extension String: Written {
    package init?(written text: String) { self = text }
    package static var written: Phrase { Phrase("text", "文字") }
}

extension Int: Written {
    package init?(written text: String) { self.init(digits: text.plainNumber) }
    package static var written: Phrase { Phrase("a whole number", "整数") }
}

extension Int64: Written {
    package init?(written text: String) { self.init(digits: text.plainNumber) }
    package static var written: Phrase { Phrase("a whole number", "整数") }
}

extension Bool: Written {
    package init?(written text: String) {
        switch text.lowercased() {
        case "true", "yes", "是": self = true
        case "false", "no", "否": self = false
        default: return nil
        }
    }
    package static var written: Phrase { Phrase("yes or no", "是或否") }
}

extension Fen: Written {
    package init?(written text: String) { self.init(yuan: text) }
    package static var written: Phrase { Phrase("an amount in yuan, as 6,430.00", "以元计的金额，如 6,430.00") }
}

extension Day: Written {
    package static var written: Phrase {
        Phrase("a day: 2026-11-22, 2026/11/22 or 2026年11月22日", "日期：2026-11-22、2026/11/22 或 2026年11月22日")
    }
}

/// An instant, or the beginning of a day in China.
extension Date: Written {
    package init?(written text: String) {
        guard let date = Timestamp.date(text) ?? Day(written: text)?.start() else { return nil }
        self = date
    }
    package static var written: Phrase {
        Phrase("a time, as 2026-11-22T09:00:00Z, or a day", "时间（如 2026-11-22T09:00:00Z）或日期")
    }
}

extension UUID: Written {
    package init?(written text: String) { self.init(uuidString: text) }
    package static var written: Phrase { Phrase("an id of 32 hexadecimal digits", "由 32 位十六进制数字组成的标识") }
}

extension HouseholdMember: Written {
    package init?(written text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        self.init(person: parts[0], relation: parts[1])
    }
    package static var written: Phrase { Phrase("“PERSON:relation”", "“人员编号:关系”") }
}

extension CalendarDay: Written {
    package init?(written text: String) {
        let parts = text.split(separator: ":", maxSplits: 2).map(String.init)
        guard parts.count == 3, let day = Day(written: parts[0]) else { return nil }
        switch parts[1] {
        case "working", "上班": self.init(day: day, working: true, name: parts[2])
        case "off", "放假": self.init(day: day, working: false, name: parts[2])
        default: return nil
        }
    }
    package static var written: Phrase {
        Phrase(
            "“2026-10-01:off:国庆节” or “2026-10-10:working:调休”", "“2026-10-01:放假:国庆节”或“2026-10-10:上班:调休”")
    }
}

extension FundItem: Written {
    package init?(written text: String) {
        let parts = text.split(separator: ":", maxSplits: 3).map(String.init)
        guard parts.count >= 3, let from = Day(written: parts[1]) else { return nil }
        if parts.count == 4, let to = Day(written: parts[2]) {
            self.init(item: parts[0], from: from, to: to, source: parts[3])
        } else {
            self.init(item: parts[0], from: from, source: parts[2...].joined(separator: ":"))
        }
    }
    package static var written: Phrase {
        Phrase("“item:from:source” or “item:from:to:source”", "“支出项目:起:依据”或“支出项目:起:止:依据”")
    }
}
