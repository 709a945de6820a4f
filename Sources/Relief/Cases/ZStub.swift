package import Contract
import FoundationEssentials
import WorkingDays
struct Fund { let id: UUID; let code: String }
enum Funds {
    static func choose(
        programme: String, path: String, item: String, amount: Fen, sources: [FundSource], day: Day,
        in context: CommandContext
    ) async throws -> Fund { throw Refusal.conflict("") }
    static func hold(
        _ parts: [(id: UUID, amount: Fen)], fund: Fund, item: String, reference: String, in context: CommandContext
    ) async throws -> [UUID: UUID] { [:] }
    static func void(holds: [UUID], in context: CommandContext) async throws {}
}
extension ImportCases: Executable {
    package func execute(in context: CommandContext) async throws -> ImportReport { throw Refusal.conflict("") }
}
