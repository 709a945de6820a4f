import Contract
import FoundationEssentials
import Postgres

/// The rows of a household file, read and checked before anything is written.
struct Roster {
    struct Member: Sendable {
        let row: CSV.Row
        let home: String
        var person: NewPerson
        /// `head`, or as the file has it.
        let relation: String
        let uscc: String?
        let account: NewAccount?
        var isHead: Bool { relation == "head" }
    }

    static let columns: [[String]] = [
        ["户号", "household"], ["姓名", "name"], ["身份证号", "idNumber"], ["手机", "phone"], ["关系", "relation"],
        ["用人单位", "employer", "uscc"], ["户名", "holder"], ["开户行", "bank"], ["联行号", "cnaps"],
        ["账号", "account"],
    ]

    let file: CSV
    /// Why rows are refused.
    var problems = RowProblems()
    /// What the register has otherwise, and keeps.
    var differences = RowProblems()
    /// What is taken all the same, and somebody has to look at.
    var notes = RowProblems()
    /// What is doubtful of the account that a line names.
    var doubts: [Int: [AccountDoubt]] = [:]
    /// Lines whose account is somebody's whom the asker may not know of.
    var sharedElsewhere: Set<Int> = []
    /// What else the asker may not know of, and the file met.
    var clashes: [Clash] = []
    /// The people whom the union knows already.
    var known: [IdentityNumber: KnownPerson] = [:]
    /// The heads of those homes of the file that the register has as households, by the file's name for them.
    var standing: [String: KnownPerson] = [:]
    var members: [Member] = []
    /// The household of each line that names one.
    private(set) var homeOfLine: [Int: String] = [:]
    /// Households whose head's line has a problem: they don't lack a head.
    private var spoiltHeads: Set<String> = []

    init(_ content: Data) throws {
        file = try CSV(content, columns: Self.columns, required: ["户号", "姓名", "身份证号", "关系"])
        var seen: [IdentityNumber: Int] = [:]
        for row in file.rows {
            guard let member = try read(row) else { continue }
            if let line = seen[member.person.identity] {
                problems.add(
                    row, "身份证号", value: member.person.identity.masked,
                    Phrase("The same person stands on line \(line).", "与第 \(line) 行是同一人。"),
                    Phrase("Keep one of the two lines.", "两行只留一行。"))
            }
            seen[member.person.identity] = row.line
            members.append(member)
        }
        checkHeads()
    }

    private mutating func read(_ row: CSV.Row) throws -> Member? {
        let isWhole = !problems.addFault(of: row)
        guard let home = row["户号"] else {
            if isWhole {
                problems.add(
                    row, "户号", Phrase("The household's number is missing.", "缺少户号。"),
                    Phrase("Give the lines of one household one number.", "同一户的各行请写同一个户号。"))
            }
            return nil
        }
        homeOfLine[row.line] = home
        let relation = row["关系"].map { ["户主", "本人", "head"].contains($0) ? "head" : $0 }
        let member = isWhole ? try read(row, home: home, relation: relation) : nil
        if member == nil, relation == "head" { spoiltHeads.insert(home) }
        return member
    }

    private mutating func read(_ row: CSV.Row, home: String, relation: String?) throws -> Member? {
        let person = try readPerson(row)
        let checked = try problems.collect(row, "关系", value: row["关系"]) {
            try NameText.checked(relation ?? "", .person, Household.relation, field: "relation", longest: 20)
        }
        let uscc = try problems.collect(row, "用人单位", value: row["用人单位"]) {
            try row["用人单位"].map { try CreditCode($0).text }
        }
        let account = try readAccount(row)
        guard let person, let checked, let uscc, let account else { return nil }
        return Member(row: row, home: home, person: person, relation: checked, uscc: uscc, account: account)
    }

    private mutating func readPerson(_ row: CSV.Row) throws -> NewPerson? {
        let id = row["身份证号"] ?? ""
        let identity = try problems.collect(row, "身份证号", value: Mask.identity(id)) { try IdentityNumber(id) }
        let phone = try problems.collect(row, "手机", value: row["手机"].map(Mask.phone)) {
            try row["手机"].map { try PhoneNumber($0) }
        }
        let name = try problems.collect(row, "姓名", value: row["姓名"]) {
            try NameText.checked(row["姓名"] ?? "", .person, field: "name")
        }
        guard let name, let identity, let phone else { return nil }
        return NewPerson(name: name, identity: identity, phone: phone)
    }

    /// nil where the account is wrong; an account of none where no number is given.
    private mutating func readAccount(_ row: CSV.Row) throws -> NewAccount?? {
        guard let number = row["账号"] else {
            guard let column = ["户名", "开户行", "联行号"].first(where: { row[$0] != nil }) else { return .some(nil) }
            problems.add(
                row, "账号", Phrase("The account's number is missing.", "缺少账号。"),
                Phrase("Give it, or leave \(column) empty as well.", "请补上账号，或将“\(column)”也留空。"))
            return nil
        }
        var faults = Problems()
        let account = try NewAccount(
            holder: row["户名"] ?? row["姓名"] ?? "", bank: row["开户行"] ?? "", cnaps: row["联行号"], number: number,
            kind: AccountNumber.kind(of: number), problems: &faults)
        for fault in faults.refusals {
            let column = Self.accountColumns[fault.field ?? ""] ?? "账号"
            problems.add(fault, row, column, value: column == "账号" ? Mask.account(number) : row[column])
        }
        return account.map { .some($0) }
    }

    private static let accountColumns = ["holder": "户名", "bank": "开户行", "cnaps": "联行号", "number": "账号"]

    private mutating func checkHeads() {
        for (name, rows) in Dictionary(grouping: members, by: \.home).sorted(by: { $0.key < $1.key }) {
            let heads = rows.filter(\.isHead)
            if heads.isEmpty, !spoiltHeads.contains(name), let first = rows.first {
                problems.add(
                    first.row, "关系", Phrase("Household \(name) has no head.", "户号 \(name) 没有户主。"),
                    Phrase("Write 户主 for one of its members.", "请将其中一人的关系写为“户主”。"))
            } else if heads.count > 1 {
                problems.add(
                    heads[1].row, "关系", Phrase("Household \(name) has more than one head.", "户号 \(name) 有多个户主。"),
                    Phrase("Write 户主 for one member only.", "一户只能有一个“户主”。"))
            }
        }
    }
}
