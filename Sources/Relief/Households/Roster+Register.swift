import Contract
import FoundationEssentials
import Postgres

extension Roster {
    /// Holds the rows against what is registered: people of this union and what stands of them, employers, accounts.
    mutating func lookUp(union: Organisation, in context: some OperationContext) async throws {
        known = try await KnownPerson.among(members.map(\.person), of: union, in: context)
        for head in members where head.isHead {
            guard let person = known[head.person.identity], person.relation == "head" else { continue }
            standing[head.home] = person
        }
        for member in members { compareHome(of: member) }
        let keys = try await Self.holderKeys(of: members, in: context)
        for (member, key) in zip(members, keys) {
            guard let person = known[member.person.identity] else { continue }
            compare(member, with: person, holder: key, in: context)
        }
        try await lookUpEmployers(near: union, in: context)
        spoilSiblings()
        try await lookUpAccounts(of: union, in: context)
    }

    /// In a home that the register has, what it has otherwise stays; a new one can't have people who live in another.
    private mutating func compareHome(of member: Member) {
        let person = known[member.person.identity]
        guard let home = standing[member.home], let number = home.homeNumber else {
            if let person, let place = person.livesElsewhere {
                clashes.append(Clash(.household, asked: person.number, own: place.own, other: place.path))
                problems.add(
                    member.row, "身份证号", value: member.person.identity.masked,
                    Clash.refusal(person.number, field: nil).phrase,
                    Phrase("Leave the line out until it is answered.", "答复前请先删去此行。"))
            }
            guard let person, let other = person.homeNumber else { return }
            problems.add(
                member.row, "身份证号", value: member.person.identity.masked,
                Phrase("\(person.number) belongs to household \(other) already.", "\(person.number) 已在 \(other) 户中。"),
                Phrase(
                    "Leave the line out, or end that first (relief household leave).",
                    "请删去此行，或先办理离户（relief household leave）。"))
            return
        }
        if person?.home != home.home {
            differences.add(
                member.row, "户号", value: member.home,
                Phrase(
                    "Household \(number) is registered without this person; nothing of the line was taken.",
                    "登记的 \(number) 户没有此人；该行未导入。"),
                Phrase(
                    "Where the file is right: relief person register, relief household join.",
                    "如文件正确：relief person register、relief household join。"))
        } else if let relation = person?.relation, relation != member.relation {
            differences.add(
                member.row, "关系", value: member.relation,
                Phrase(
                    "The register has another relation, \(relation); it stays.", "登记的关系是“\(relation)”，未更改。"),
                Phrase(
                    "Where the file is right: relief household leave and join.", "如文件正确：先 household leave 再 join。"))
        }
    }

    private mutating func compare(
        _ member: Member, with person: KnownPerson, holder: String?, in context: some OperationContext
    ) {
        let correct = Phrase("Where the file is right: relief person correct.", "如文件正确：relief person correct。")
        if !person.isSameName {
            differences.add(
                member.row, "姓名", value: member.person.name,
                Phrase(
                    "The register has another name for \(person.number), \(person.name); it stays.",
                    "\(person.number) 登记的姓名是“\(person.name)”，未更改。"), correct)
        }
        if let phone = member.person.phone, context.vault.blindIndex(phone.text, .phone) != person.phoneIndex {
            differences.add(
                member.row, "手机", value: phone.masked,
                Phrase(
                    "The register has another phone, \(person.phoneMasked ?? "none"); it stays.",
                    "登记的手机是 \(person.phoneMasked ?? "（无）")，未更改。"), correct)
        }
        if let uscc = member.uscc, uscc != person.uscc {
            differences.add(
                member.row, "用人单位", value: uscc,
                Phrase(
                    "The register has another employer, \(person.uscc ?? "none"); it stays.",
                    "登记的用人单位是 \(person.uscc ?? "（无）")，未更改。"),
                Phrase(
                    "Where the file is right: relief membership join --employer.",
                    "如文件正确：relief membership join --employer。"))
        }
        if person.hasAccount, let account = member.account {
            compare(account, of: member, with: person, holder: holder, in: context)
        }
    }

    private mutating func compare(
        _ account: NewAccount, of member: Member, with person: KnownPerson, holder: String?,
        in context: some OperationContext
    ) {
        let index = context.vault.blindIndex(account.number.text, .account)
        let same = person.accounts.first { $0.index == index }
        let register = Phrase(
            "Where the file is right: relief account register, which another person approves.",
            "如文件正确：relief account register，由另一人核准。")
        guard let same else {
            let masked = person.accounts.first?.masked
            differences.add(
                member.row, "账号", value: Mask.account(account.number.text),
                Phrase(
                    "The register has another account, \(masked ?? "retired by now"); it stays.",
                    "登记的账号是 \(masked ?? "（已停用）")，未更改。"), register)
            return
        }
        let told: [(column: String, value: String?, isSame: Bool, registered: String)] = [
            ("户名", account.holder, same.holder == holder, same.holder),
            ("开户行", account.bank, same.bank == account.bank, same.bank),
            ("联行号", account.cnaps, account.cnaps == nil || same.cnaps == account.cnaps, same.cnaps ?? "—"),
        ]
        for field in told where !field.isSame {
            differences.add(
                member.row, field.column, value: field.value,
                Phrase(
                    "The register has it otherwise for this account, \(field.registered); it stays.",
                    "此账户登记的是“\(field.registered)”，未更改。"), register)
        }
    }

    /// A new household is taken as a whole: lines beside a refused one are refused with it, and say so.
    private mutating func spoilSiblings() {
        var fault: [String: Int] = [:]
        for line in problems.lines.sorted() {
            if let home = homeOfLine[line], fault[home] == nil { fault[home] = line }
        }
        let refused = problems.lines
        for member in members where !refused.contains(member.row.line) && standing[member.home] == nil {
            guard let line = fault[member.home] else { continue }
            problems.add(
                member.row, "户号", value: member.home,
                Phrase("Line \(line) of the same household is refused.", "同户的第 \(line) 行被退回。"),
                Phrase("Correct that line: a household is taken as a whole.", "请改正那一行：一户须整户导入。"))
        }
    }

    private mutating func lookUpAccounts(of union: Organisation, in context: some OperationContext) async throws {
        let members = members.filter { takesAccount(of: $0) }
        let indexes = members.map { context.vault.blindIndex($0.account?.number.text ?? "", .account) }
        try await Accounts.lock(indexes, in: context)
        var owners = try await context.seeingAll { try await Self.owners(of: indexes, in: $0) }
        var seen = try await Self.owners(of: indexes, in: context.transaction)
        let holders = try await Self.holderKeys(of: members, in: context)
        let names = try await Self.keys(
            members.map { known[$0.person.identity]?.name ?? $0.person.name }, in: context)
        for (place, member) in members.enumerated() {
            var doubts: [AccountDoubt] = []
            // As registered, where the roster writes a name otherwise.
            if holders[place] != names[place] { doubts.append(.otherName) }
            let own = context.vault.blindIndex(member.person.identity.text, .idNumber)
            let person = known[member.person.identity]
            let (all, sighted) = (
                owners[indexes[place], default: []].count { $0 != own },
                seen[indexes[place], default: []].count { $0 != own }
            )
            owners[indexes[place], default: []].append(own)
            seen[indexes[place], default: []].append(own)
            var kept = doubts
            if all > 0 { kept.append(.shared) }
            if sighted > 0 { doubts.append(.shared) }
            if person?.drawsMoney == true {
                kept.append(.awarded)
                if person?.drawsElsewhere == nil { doubts.append(.awarded) }
            }
            if all > sighted || person?.drawsElsewhere != nil { doubts.append(.sharedElsewhere) }
            if all > sighted { sharedElsewhere.insert(member.row.line) }
            if let person, let other = person.drawsElsewhere {
                clashes.append(Clash(.payeeAccount, asked: person.number, own: union.path, other: other))
            }
            let ofNumber = member.account?.number.doubts ?? []
            self.doubts[member.row.line] = kept + ofNumber
            note(doubts + ofNumber, of: member)
        }
    }

    private mutating func note(_ found: [AccountDoubt], of member: Member) {
        let advice = Phrase(
            "Another person looks at it and approves it (relief account approve).",
            "由另一人核实并核准（relief account approve）。")
        for doubt in found {
            let value = doubt == .otherName ? member.account?.holder : (member.account?.number.text).map(Mask.account)
            notes.add(member.row, doubt.column, value: value, doubt.phrase, advice)
        }
    }

    /// Whether the account of a line is taken in: of people who are, and have none.
    func takesAccount(of member: Member) -> Bool {
        guard member.account != nil, !problems.lines.contains(member.row.line) else { return false }
        guard let home = standing[member.home] else { return known[member.person.identity]?.hasAccount != true }
        return known[member.person.identity].map { !$0.hasAccount && $0.home == home.home } ?? false
    }

    /// The holder of each member's account in the form in which names are compared; nil where there is no account.
    private static func holderKeys(of members: [Member], in context: some OperationContext) async throws -> [String?] {
        let keys = try await keys(members.map { $0.account?.holder ?? "" }, in: context)
        return zip(members, keys).map { $0.account == nil ? nil : $1 }
    }

    private static func keys(_ names: [String], in context: some OperationContext) async throws -> [String] {
        try await context.transaction.query(
            """
            SELECT relief.name_key(told.name) AS key FROM unnest(\(names)) WITH ORDINALITY AS told (name, place)
            ORDER BY told.place
            """
        ).map { try $0["key"] }
    }

    /// By whose identity numbers (none for a union) the accounts are registered, as far as the transaction sees.
    private static func owners(of indexes: [[UInt8]], in transaction: Transaction) async throws -> [[UInt8]: [[UInt8]?]]
    {
        let rows = try await transaction.query(
            """
            SELECT a.account_index, p.id_index FROM relief.payee_account a LEFT JOIN relief.person p ON p.id = a.person
            WHERE a.account_index = ANY (\(indexes)) AND a.status <> 'retired'
            """)
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
                    members[place].row, "用人单位", value: code,
                    Phrase("The employer is not registered.", "该用人单位尚未登记。"),
                    Phrase(
                        "Register it first (relief employer register), or leave the column empty.",
                        "请先登记（relief employer register），或将该列留空。"))
            }
        }
    }
}
