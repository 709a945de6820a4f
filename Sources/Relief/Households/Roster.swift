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
    }

    struct Home: Sendable {
        let name: String
        let head: Member
        var rows: [Member]
    }

    /// A person whom the union knows already.
    struct Known: Sendable {
        let id: UUID
        let number: String
        let name: String
        var hasAccount = false
        /// Whether money is awarded already that a first account would draw to itself.
        var drawsMoney = false
    }

    static let columns: [[String]] = [
        ["户号", "household"], ["姓名", "name"], ["身份证号", "idNumber"], ["手机", "phone"], ["关系", "relation"],
        ["用人单位", "employer", "uscc"], ["户名", "holder"], ["开户行", "bank"], ["联行号", "cnaps"],
        ["账号", "account"],
    ]

    let rows: Int
    private(set) var problems = RowProblems()
    /// What is taken all the same, and somebody has to look at.
    private(set) var notes = RowProblems()
    /// Lines whose account waits for its approval.
    var doubtfulAccounts: Set<Int> { notes.lines }
    private(set) var known: [IdentityNumber: Known] = [:]
    private var members: [Member] = []
    private var homeOfLine: [Int: String] = [:]
    /// Households whose head's line has a problem: they don't lack a head.
    private var spoiltHeads: Set<String> = []

    init(_ text: String) throws {
        let file = try CSV(text, columns: Self.columns, required: ["户号", "姓名", "身份证号", "关系"])
        rows = file.rows.count
        var seen: [IdentityNumber: Int] = [:]
        for row in file.rows {
            guard let member = try read(row) else { continue }
            if let line = seen[member.person.identity] {
                problems.add(
                    row, "身份证号", value: member.person.identity.masked, "The same person stands on line \(line).",
                    "Keep one of the two lines.")
            }
            seen[member.person.identity] = row.line
            members.append(member)
        }
        checkHeads()
    }

    /// Households without any problem; none where everything was asked for and something is wrong.
    func sound(_ mode: ImportMode) -> [Home] {
        if mode == .all, !problems.list.isEmpty { return [] }
        let spoilt = Set(problems.lines.compactMap { homeOfLine[$0] })
        var order: [String] = []
        var rowsByHome: [String: [Member]] = [:]
        for member in members where !spoilt.contains(member.home) {
            if rowsByHome[member.home] == nil { order.append(member.home) }
            rowsByHome[member.home, default: []].append(member)
        }
        return order.compactMap { name in
            guard let rows = rowsByHome[name], let head = rows.first(where: { $0.relation == "head" }) else {
                return nil
            }
            return Home(name: name, head: head, rows: rows)
        }
    }

    private mutating func read(_ row: CSV.Row) throws -> Member? {
        guard let home = row["户号"] else {
            problems.add(row, "户号", "The household's number is missing.", "Give the lines of one household one number.")
            return nil
        }
        homeOfLine[row.line] = home
        let person = try readPerson(row)
        let relation = row["关系"].map { ["户主", "本人", "head"].contains($0) ? "head" : $0 }
        if relation == nil || (relation?.count ?? 0) > 20 {
            problems.add(row, "关系", value: row["关系"], "The relation to the head is missing.", "户主, 配偶, 子女…")
        }
        let uscc = try problems.collect(row, "用人单位", value: row["用人单位"]) {
            try row["用人单位"].map { try CreditCode($0).text }
        }
        let account = try readAccount(row)
        guard let person, let relation, let uscc, let account else {
            if relation == "head" { spoiltHeads.insert(home) }
            return nil
        }
        return Member(row: row, home: home, person: person, relation: relation, uscc: uscc, account: account)
    }

    private mutating func readPerson(_ row: CSV.Row) throws -> NewPerson? {
        let id = row["身份证号"] ?? ""
        let identity = try problems.collect(row, "身份证号", value: Mask.number(id)) { try IdentityNumber(id) }
        let phone = try problems.collect(row, "手机", value: row["手机"].map(Mask.number)) {
            try row["手机"].map { try PhoneNumber($0) }
        }
        guard let name = row["姓名"], NewPerson.isName(name) else {
            problems.add(row, "姓名", "The name is missing, or no name.", "Give the name as on the identity card.")
            return nil
        }
        guard let identity, let phone else { return nil }
        return NewPerson(name: name, identity: identity, phone: phone)
    }

    /// nil where the account is wrong; an account of none where no number is given.
    private mutating func readAccount(_ row: CSV.Row) throws -> NewAccount?? {
        guard let number = row["账号"] else {
            guard let column = ["户名", "开户行", "联行号"].first(where: { row[$0] != nil }) else { return .some(nil) }
            problems.add(row, "账号", "The account's number is missing.", "Give it, or leave \(column) empty as well.")
            return nil
        }
        let account = try problems.collect(row, "账号", value: Mask.account(number)) {
            try NewAccount(
                holder: row["户名"] ?? row["姓名"] ?? "", bank: row["开户行"] ?? "", cnaps: row["联行号"], number: number,
                kind: number.filter { !$0.isWhitespace }.count >= 16 ? .card : .passbook)
        }
        return account.map { .some($0) }
    }

    private mutating func checkHeads() {
        for (name, rows) in Dictionary(grouping: members, by: \.home).sorted(by: { $0.key < $1.key }) {
            let heads = rows.filter { $0.relation == "head" }
            if heads.isEmpty, !spoiltHeads.contains(name), let first = rows.first {
                problems.add(first.row, "关系", "Household \(name) has no head.", "Write 户主 for one of its members.")
            } else if heads.count > 1 {
                problems.add(
                    heads[1].row, "关系", "Household \(name) has more than one head.", "Write 户主 for one member only.")
            }
        }
    }

    /// Holds the rows against what is registered: employers, people of this union, their households and accounts.
    mutating func lookUp(union: Organisation, in context: some OperationContext) async throws {
        let indexes = members.map { context.vault.blindIndex($0.person.identity.text, .idNumber) }
        let rows = try await context.transaction.query(
            """
            SELECT p.id, p.number, p.name, p.id_index,
                   EXISTS (SELECT FROM relief.payee_account a WHERE a.person = p.id) AS has_account,
                   relief.draws_awarded_money(p.id) AS draws_money,
                   EXISTS (SELECT FROM relief.household_member m WHERE m.person = p.id AND upper_inf(m.valid)) AS is_housed
            FROM relief.person p WHERE p.org_id = \(union.id) AND p.id_index = ANY (\(indexes))
            """)
        var found: [[UInt8]: (Known, Bool)] = [:]
        for row in rows {
            let person = Known(
                id: try row["id"], number: try row["number"], name: try row["name"],
                hasAccount: try row["has_account"], drawsMoney: try row["draws_money"])
            found[try row["id_index"]] = (person, try row["is_housed"])
        }
        for (member, index) in zip(members, indexes) {
            guard let (person, isHoused) = found[index] else { continue }
            known[member.person.identity] = person
            if isHoused {
                problems.add(
                    member.row, "身份证号", value: member.person.identity.masked,
                    "\(person.number) belongs to a household already.",
                    "Leave the line out, or end that first (relief household leave).")
            }
        }
        try await lookUpEmployers(near: union, in: context)
        try await lookUpAccounts(in: context)
    }

    private mutating func lookUpAccounts(in context: some OperationContext) async throws {
        let members = members.filter { $0.account != nil && known[$0.person.identity]?.hasAccount != true }
        let indexes = members.map { context.vault.blindIndex($0.account?.number.text ?? "", .account) }
        try await Accounts.lock(indexes, in: context)
        var owners = try await Self.owners(of: indexes, in: context)
        let advice = "Another person looks at it and approves it (relief account approve)."
        for (member, index) in zip(members, indexes) {
            let known = known[member.person.identity]
            // As registered, where the roster writes a name otherwise.
            if member.account?.holder.isSameText(as: known?.name ?? member.person.name) != true {
                notes.add(member.row, "户名", Accounts.inOtherName, advice)
            }
            let own = context.vault.blindIndex(member.person.identity.text, .idNumber)
            if owners[index, default: []].contains(where: { $0 != own }) {
                notes.add(member.row, "账号", Accounts.shared, advice)
            }
            owners[index, default: []].append(own)
            if known?.drawsMoney == true { notes.add(member.row, "账号", Accounts.awarded, advice) }
        }
    }

    /// By whose identity numbers (none for a union) the accounts are registered, anywhere in the tree.
    private static func owners(
        of indexes: [[UInt8]], in context: some OperationContext
    ) async throws -> [[UInt8]: [[UInt8]?]] {
        let rows = try await context.seeingAll {
            try await $0.query(
                """
                SELECT a.account_index, p.id_index FROM relief.payee_account a LEFT JOIN relief.person p ON p.id = a.person
                WHERE a.account_index = ANY (\(indexes)) AND a.status <> 'retired'
                """)
        }
        return try Dictionary(grouping: rows) { try $0["account_index"] }
            .mapValues { try $0.map { try $0["id_index"] } }
    }

    private mutating func lookUpEmployers(near union: Organisation, in context: some OperationContext) async throws {
        var units: [String: UUID] = [:]
        for code in Set(members.compactMap(\.uscc)).sorted() {
            do {
                units[code] = try await Employer.find(code, near: union, in: context).id
            } catch is Refusal {}
        }
        for place in members.indices {
            guard let code = members[place].uscc else { continue }
            members[place].person.employer = units[code]
            if units[code] == nil {
                problems.add(
                    members[place].row, "用人单位", value: code, "The employer is not registered.",
                    "Register it first (relief employer register), or leave the column empty.")
            }
        }
    }
}
