import Contract

extension Roster {
    /// A household to be opened.
    struct Home: Sendable {
        let name: String
        let head: Member
        let rows: [Member]
    }

    /// Whether the whole file was asked for, and a row of it is refused.
    func isUndone(_ mode: ImportMode) -> Bool { mode == .all && !problems.list.isEmpty }

    /// The households to open: new ones without any problem.
    func newHomes(_ mode: ImportMode) -> [Home] {
        if isUndone(mode) { return [] }
        let spoilt = Set(problems.lines.compactMap { homeOfLine[$0] })
        var order: [String] = []
        var rows: [String: [Member]] = [:]
        for member in members where !spoilt.contains(member.home) && standing[member.home] == nil {
            if rows[member.home] == nil { order.append(member.home) }
            rows[member.home, default: []].append(member)
        }
        return order.compactMap { name in
            guard let rows = rows[name], let head = rows.first(where: \.isHead) else { return nil }
            return Home(name: name, head: head, rows: rows)
        }
    }

    /// Members of households that stand already, who get the account that the file names.
    func standingWithAccount(_ mode: ImportMode) -> [Member] {
        isUndone(mode) ? [] : members.filter { standing[$0.home] != nil && takesAccount(of: $0) }
    }

    /// What became of every row; `numbers` has the households that were opened, by their name in the file.
    func report(_ mode: ImportMode, numbers: [String: String], created: [String]) -> ImportReport {
        let refused = problems.lines
        let takenLines = Set(members.filter { isTaken($0) }.map(\.row.line))
        let outcomes = file.rows.map { row -> RowReport in
            let home = homeOfLine[row.line] ?? ""
            let outcome = outcome(of: row.line, isTaken: takenLines.contains(row.line))
            let number = outcome == .refused ? nil : standing[home]?.homeNumber ?? numbers[home]
            return RowReport(line: row.line, outcome: outcome, number: number)
        }
        let said = problems.list + differences.list.filter { !refused.contains($0.line) }
        let all = (said + notes.list).byLine
        return ImportReport(
            rows: file.rows.count, accepted: isUndone(mode) ? 0 : takenLines.count, refused: refused.count,
            outcomes: outcomes,
            problems: Array(all.prefix(RowImport.mostProblems)), created: created,
            notes: file.notes + (isUndone(mode) ? [RowImport.undone] : []) + RowImport.unsaid(all.count))
    }

    private func isTaken(_ member: Member) -> Bool {
        !problems.lines.contains(member.row.line) && (standing[member.home] == nil || takesAccount(of: member))
    }

    private func outcome(of line: Int, isTaken: Bool) -> RowOutcome {
        if problems.lines.contains(line) { return .refused }
        if notes.lines.contains(line) { return .doubted }
        if differences.lines.contains(line) { return .differs }
        return isTaken ? .new : .same
    }
}
