import Contract
import Postgres

/// What is doubtful of an account, as far as somebody may know it: who else has it, or which union awarded the money that it
/// would draw to itself, is told where that lies in sight. Elsewhere the account waits for confirmation, and no more is said.
struct DoubtsInSight {
    /// Something that the account touches in a union.
    private struct Touch {
        let doubt: AccountDoubt
        /// Nobody retired the other account, or paid the award, since.
        let isLive: Bool
        /// In the asker's sight.
        let isSeen: Bool
        /// In the account's own union or under it, which whoever sees the account sees.
        let isWithin: Bool

        init?(_ text: String) {
            let words = text.split(separator: " ")
            guard let doubt = words.first.flatMap({ AccountDoubt(rawValue: String($0)) }) else { return nil }
            self.doubt = doubt
            (isLive, isSeen, isWithin) = (words.contains("live"), words.contains("seen"), words.contains("within"))
        }
    }

    private let kept: Set<AccountDoubt>
    private let state: AccountState
    private let touches: [Touch]

    /// Columns of `relief.payee_account a`, beside its status.
    static let columns: SQL = """
        a.doubts,
        a.holder_key <> coalesce((SELECT p.name_key FROM relief.person p WHERE p.id = a.person),
                                 (SELECT o.name_key FROM relief.organisation o WHERE o.id = a.organisation)) AS is_in_other_name,
        ARRAY(
          SELECT concat_ws(' ', 'shared', CASE WHEN s.is_live THEN 'live' END,
            CASE WHEN relief.in_scope(s.place) THEN 'seen' END, CASE WHEN s.place <@ a.org_path THEN 'within' END)
          FROM relief.sharing_places(a.account_index, coalesce(a.person, a.organisation)) AS s
          UNION
          SELECT concat_ws(' ', 'awarded', CASE WHEN w.is_due THEN 'live' END,
            CASE WHEN relief.in_scope(w.place) THEN 'seen' END, CASE WHEN w.place <@ a.org_path THEN 'within' END)
          FROM relief.awarded_places(coalesce(a.person, a.organisation)) AS w WHERE 'awarded' = ANY (a.doubts)) AS touches
        """

    init(_ row: Row) throws {
        let (names, touches): ([String], [String]) = (try row["doubts"], try row["touches"])
        var kept = Set(names.compactMap(AccountDoubt.init(rawValue:)))
        if try row["is_in_other_name"] { kept.insert(.otherName) }
        self.kept = kept
        self.touches = touches.compactMap(Touch.init)
        state = try row["status"]
    }

    /// As whoever asks is told them: what was kept at registration, or is true today.
    var told: [AccountDoubt] { doubts(where: \.isSeen) }

    /// As a sheet names them: alike whoever looks, so that a sheet signed above tells nothing below.
    var signed: [AccountDoubt] { doubts(where: \.isWithin) }

    /// Whether the asker sees all that the account touches today: nobody else approves it.
    var isWhole: Bool { !touches.contains { $0.isLive && !$0.isSeen } }

    /// How a doubt of a sheet reads for the asker.
    func reading(_ name: String) -> [AccountDoubt] {
        guard let doubt = AccountDoubt(rawValue: name) else { return [] }
        guard doubt == .sharedElsewhere else { return [doubt] }
        let beyond = touches.filter { !$0.isWithin }
        let seen = Set(beyond.filter(\.isSeen).map(\.doubt))
        let isWhole = !seen.isEmpty && beyond.allSatisfy(\.isSeen)
        return AccountDoubt.allCases.filter { seen.contains($0) || $0 == doubt && !isWhole }
    }

    private func doubts(where isKnown: (Touch) -> Bool) -> [AccountDoubt] {
        var doubts = kept.subtracting([.shared, .awarded])
        for doubt in [AccountDoubt.shared, .awarded] {
            let (wasKept, touches) = (kept.contains(doubt), touches.filter { $0.doubt == doubt })
            let known = touches.filter(isKnown)
            if wasKept && !known.isEmpty || state != .retired && known.contains(where: \.isLive) {
                doubts.insert(doubt)
            }
            let isElsewhere = touches.contains { $0.isLive && !isKnown($0) } || wasKept && known.isEmpty
            if state == .pending && isElsewhere { doubts.insert(.sharedElsewhere) }
        }
        return AccountDoubt.allCases.filter(doubts.contains)
    }
}
