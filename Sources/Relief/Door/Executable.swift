package import Contract

/// A command with the code that carries it out.
package protocol Executable: Command {
    func execute(in context: CommandContext) async throws -> Reply
}

/// A query with the code that answers it.
package protocol Answerable: Query {
    func answer(in context: QueryContext) async throws -> Reply
}
