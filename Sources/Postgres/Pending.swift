/// What goes with the next statement of a connection.
struct Pending: Sendable {
    /// How a transaction begins of which nothing was sent yet.
    var begin: SQL?
    /// What was put off.
    var statements: [SQL] = []

    var isEmpty: Bool { begin == nil && statements.isEmpty }
    var inOrder: [SQL] { begin.map { [$0] + statements } ?? statements }

    /// Gives it out, to be sent or to be forgotten.
    mutating func take() -> Pending {
        defer { self = Pending() }
        return self
    }
}
