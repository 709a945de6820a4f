/// A transaction that is known as a whole before anything of it was sent. Many of them travel in one round trip.
package struct UnsentTransaction: Sendable {
    /// From its BEGIN on, without the COMMIT.
    let statements: [SQL]
    let callbacks: [@Sendable () -> Void]

    /// How it ended.
    package enum Ending: Sendable {
        /// Its COMMIT is on the server's disk.
        case committed
        case failed(PostgresError)
        /// A statement of it was stopped, since it took too long or the task was cancelled.
        case undone(PostgresError)
        /// One before it failed or was undone; its own turn didn't come.
        case untried
    }
}
