import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Public notices (公示): the list that stands for its working days before anybody approves.
enum Notices {
    static let columns: SQL = """
        n.id, n.number, n.programme, n.starts_on, n.working_days, n.state, n.public_text, o.code,
        (SELECT max(i.closes_on) FROM relief.notice_item i WHERE i.notice = n.id) AS ends_on
        FROM relief.notice n JOIN relief.organisation o ON o.id = n.org_id
        """

    static func view(_ number: String, in context: some OperationContext) async throws -> NoticeView {
        guard let row = try await context.transaction.first("SELECT \(columns) WHERE n.number = \(number)") else {
            throw Refusal.notFound(
                Phrase(
                    "There is no notice \(number); check the number (relief notice list).",
                    "没有公示\(number)；请核对编号（relief notice list）。"), field: "notice")
        }
        return try await view(row, in: context)
    }

    static func view(_ row: Row, in context: some OperationContext) async throws -> NoticeView {
        let id: UUID = try row["id"]
        // What was published stays on the list of who published it, also where the case has moved to another union.
        let items = try await context.transaction.query(
            """
            SELECT relief.case_number(i.case_id) AS number, i.public_name, i.category, i.amount, i.state
            FROM relief.notice_item i WHERE i.notice = \(id) ORDER BY relief.number_key(relief.case_number(i.case_id))
            """)
        let objections = try await context.transaction.query(
            """
            SELECT b.id, relief.case_number(i.case_id) AS number, b.content, b.raised_by, b.raised_at, b.state, b.resolution
            FROM relief.objection b JOIN relief.notice_item i ON i.id = b.item
            WHERE i.notice = \(id) ORDER BY b.raised_at, b.id
            """)
        let (start, end): (Day, Day) = (try row["starts_on"], try row["ends_on"])
        let state: NoticeState = try row["state"]
        let runs = state == .running || state == .paused
        return NoticeView(
            number: try row["number"], programme: try row["programme"], organisation: try row["code"],
            startsOn: start, endsOn: end, workingDays: try row["working_days"],
            state: state, publicText: try row["public_text"],
            items: try items.map {
                NoticeItemView(
                    case: try $0["number"], publicName: try $0["public_name"], category: try $0["category"],
                    amount: try $0["amount"], state: try $0["state"])
            },
            objections: try objections.map {
                ObjectionView(
                    id: try $0["id"], case: try $0["number"], text: try $0["content"], raisedBy: try $0["raised_by"],
                    raisedAt: try $0["raised_at"], state: try $0["state"], resolution: try $0["resolution"])
            }, warnings: runs ? try await Calendars.warnings(from: start, through: end, in: context) : nil)
    }

    /// Takes a case off the notice that it stands on, which may be an upper union's.
    static func remove(_ file: CaseFile, in context: CommandContext) async throws {
        try await context.seeingAll { transaction in
            let notices = try await transaction.query(
                """
                UPDATE relief.notice_item SET state = 'removed', paused_on = NULL
                WHERE case_id = \(file.id) AND state IN ('listed', 'objected') RETURNING notice
                """)
            for row in notices { try await settle(notice: try row["notice"], in: context) }
        }
    }

    /// A notice is over when none of its cases stands on it any more.
    static func settle(notice: UUID, in context: CommandContext) async throws {
        try await context.transaction.execute(
            """
            UPDATE relief.notice n SET
              state = CASE WHEN EXISTS (SELECT FROM relief.notice_item i WHERE i.notice = n.id AND i.state = 'listed')
                           THEN 'running'
                           WHEN EXISTS (SELECT FROM relief.notice_item i WHERE i.notice = n.id AND i.state = 'objected')
                           THEN 'paused' ELSE 'closed' END,
              closed_at = CASE WHEN EXISTS (SELECT FROM relief.notice_item i WHERE i.notice = n.id
                                            AND i.state IN ('listed', 'objected')) THEN NULL
                               ELSE \(context.now)::timestamptz END
            WHERE n.id = \(notice) AND n.state <> 'withdrawn'
            """)
    }
}

/// What a public notice may show: an allow-list of fields, and a last look for anything that resembles a number of a
/// person (F10: 15,000 records leaked by a notice).
enum PublicText {
    /// 张某某: the family name and as many marks as other characters.
    static func name(_ name: String) -> String {
        guard let first = name.first, name.count > 1 else { return name }
        return String(first) + String(repeating: "某", count: min(name.count - 1, 2))
    }

    /// The text with another last day, and the one that it had before.
    static func moved(_ text: String, from: Day, to: Day) -> String {
        let head = head(from)
        guard let place = text.firstRange(of: head)?.upperBound else { return text }
        let was = text[place...].prefix(10)
        guard was != to.description else { return text }
        return "\(text[..<place])\(to)（工作日历更正，原至 \(was)）\(text[place...].dropFirst(10))"
    }

    private static func head(_ from: Day) -> String { "公示期：\(from) 至 " }

    static func render(
        title: String, union: String, lines: [(name: String, category: String, amount: Fen?)], from: Day, to: Day
    )
        throws -> String
    {
        var text = "\(title)公示\n\(union)\n\(head(from))\(to)\n\n"
        for (index, line) in lines.enumerated() {
            text += "\(index + 1). \(line.name)  \(line.category)"
            if let amount = line.amount { text += "  \(amount)元" }
            text += "\n"
        }
        text += "\n如有异议，请在公示期内向本级工会反映。\n"
        if text.contains(/[0-9]{11,}/) {
            throw Refusal.conflict(
                Phrase(
                    "The notice would show a number as long as a phone, identity or account number; it is not published.",
                    "公示中会出现与电话、证号或账号一样长的数字；不予公示。"))
        }
        return text
    }
}
