import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// Moves unions, with all that is their own, to the fund parents that they have from today on.
struct FollowParents: StandingWork {
    typealias Reply = WorkDone
    static let name = "organisation.followParents"
    static let summary = Phrase("Moves unions to the fund parents that they have from today on.", "自今日起变更经费上级的工会随之调整。")
    static var mostPerRound: Int { .max }

    static func due(now: Date, today: Day) -> SQL {
        "SELECT FROM relief.misplaced(\(today)) "
    }

    func execute(in context: CommandContext) async throws -> WorkDone {
        WorkDone(count: try await Organisations.followParents(in: context))
    }
}

extension Organisations {
    /// Puts every union where its fund parents of today are, in one stroke; gives how many moved. Their paths are copied into
    /// whatever belongs to them, for row-level security: the database moves these too (`relief.follow`).
    @discardableResult
    static func followParents(in context: CommandContext) async throws -> Int {
        let moved = try await context.transaction.query(
            "SELECT moved FROM relief.follow_parents(\(context.today))")
        for row in moved { context.concerns(try row["moved"]) }
        context.note("moved", .int(Int64(moved.count)))
        return moved.count
    }
}
