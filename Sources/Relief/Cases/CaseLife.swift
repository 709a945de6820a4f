import Contract
import FoundationEssentials
import Postgres

/// The life of a case: which states follow which, as the table `relief.case_move` has it too, and the one place that moves
/// cases. The database refuses every other move, whoever makes it.
enum CaseLife {
    static let moves: Set<CaseMove> = [
        CaseMove(nil, .draft, requires: .blank),
        CaseMove(.draft, .submitted, requires: .submission),
        CaseMove(.draft, .withdrawn),
        CaseMove(.draft, .closed),
        CaseMove(.submitted, .returned, requires: .return),
        CaseMove(.submitted, .rejected, requires: .rejection),
        CaseMove(.submitted, .withdrawn),
        CaseMove(.submitted, .awarded, requires: .award),
        CaseMove(.submitted, .followUp, requires: .archive),
        CaseMove(.returned, .submitted, requires: .submission),
        CaseMove(.returned, .withdrawn),
        CaseMove(.returned, .closed),
        CaseMove(.awarded, .paying, requires: .payment),
        CaseMove(.awarded, .suspended),
        CaseMove(.awarded, .followUp, requires: .nothingDue),
        CaseMove(.paying, .suspended),
        CaseMove(.paying, .followUp, requires: .nothingDue),
        CaseMove(.suspended, .awarded, requires: .award),
        CaseMove(.suspended, .paying, requires: .payment),
        CaseMove(.followUp, .paying, requires: .failedPayment),
        CaseMove(.followUp, .closed, requires: .followUp),
        CaseMove(.closed, .paying, requires: .failedPayment),
    ]

    /// Moves those of the cases that stand in one of the states, and says which; the others stay as they are. What the state
    /// itself leaves on the row is known here; the note sets what only the caller knows, as an outcome.
    @discardableResult
    static func move(
        _ cases: some Collection<UUID>, from: Set<CaseState>, to state: CaseState, where condition: SQL = "true",
        noting note: SQL? = nil, in context: CommandContext
    ) async throws -> [Moved] {
        guard !cases.isEmpty else { return [] }
        let further = [marks(of: state, in: context), note].compactMap(\.self).reduce("" as SQL) { $0 + ", " + $1 }
        return try await context.transaction.query(
            """
            UPDATE relief.case_file c SET state = \(state)\(further)
            WHERE c.id = ANY (\(Array(cases))) AND c.state = ANY (\(from.map(\.rawValue))) AND \(condition)
            RETURNING c.id, c.programme_version, c.step
            """
        ).map { Moved(id: try $0["id"], version: try $0["programme_version"], step: try $0["step"]) }
    }

    /// A case that was moved, and where in its programme it stands.
    struct Moved: Sendable {
        let id: UUID
        let version: UUID
        let step: Int?
    }

    private static func marks(of state: CaseState, in context: CommandContext) -> SQL? {
        switch state {
        case .submitted:
            """
            submitted_by = \(context.principal.user), submitted_at = \(context.now),
            first_submitted_on = coalesce(first_submitted_on, \(context.today)), rule_passed_at = \(context.now)
            """
        case .returned:
            "round = round + 1, step = NULL, rule_passed_at = NULL, notice_closed_at = NULL, approved_at = NULL"
        case .rejected, .withdrawn: "step = NULL"
        case .closed: "step = NULL, closed_at = \(context.now), closed_by = \(context.principal.user)"
        // Whoever closed it didn't know of the money that came back. The outcome stays beside it until it is closed anew.
        case .paying: "closed_at = NULL, closed_by = NULL"
        case .draft, .suspended, .awarded, .followUp: nil
        }
    }
}

/// A move of a case's life, and what must be there before it; of its birth from nothing.
struct CaseMove: Hashable, Sendable {
    let from: CaseState?
    let to: CaseState
    let requires: CaseNeed?

    init(_ from: CaseState?, _ to: CaseState, requires: CaseNeed? = nil) {
        (self.from, self.to, self.requires) = (from, to, requires)
    }
}

extension CaseFile {
    /// Moves this one case; refused where it has moved otherwise since it was read.
    func move(to state: CaseState, noting note: SQL? = nil, in context: CommandContext) async throws {
        let moved = try await CaseLife.move([id], from: [self.state], to: state, noting: note, in: context)
        guard !moved.isEmpty else {
            throw Refusal.conflict(
                Phrase(
                    "Case \(number) is no longer \(self.state.title.en): look at it again.",
                    "案件\(number)已不是“\(self.state.title.zh)”：请重新查看。"), field: "case")
        }
    }

    /// Refuses unless the case is in one of the states from which an act moves it to another.
    func requireMove(to next: CaseState, act: Phrase) throws {
        try require(CaseState.allCases.filter { CaseLife.moves.contains(from: $0, to: next) }, to: act)
    }

    /// Refuses unless the case is in one of the states in which the act makes sense.
    func require(_ states: [CaseState], to act: Phrase) throws {
        guard states.contains(state) else {
            let names = states.map(\.title).joined(" or ", "”或“")
            throw Refusal.conflict(
                Phrase(
                    "Case \(number) is \(state.title.en): to \(act.en) it, it must be \(names.en).",
                    "案件\(number)目前为“\(state.title.zh)”：只有“\(names.zh)”的案件才能\(act.zh)。"), field: "case")
        }
    }
}

extension Set<CaseMove> {
    fileprivate func contains(from: CaseState, to: CaseState) -> Bool { contains { $0.from == from && $0.to == to } }
}
