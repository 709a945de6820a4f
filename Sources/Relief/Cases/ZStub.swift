package import Contract

extension ImportCases: Executable {
    package func execute(in context: CommandContext) async throws -> ImportReport { throw Refusal.conflict("") }
}
