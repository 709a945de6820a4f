package import FoundationEssentials

/// The token that a caller came with.
package struct HeldToken: Sendable, Hashable {
    /// For how long before its end its holder is told.
    package static let notice: TimeInterval = 14 * 86_400

    let id: UUID
    package let expiresAt: Date
    /// Whether it ends so soon that its holder is told.
    package let endsSoon: Bool
    /// Roles that its user was given after it was issued: it doesn't act with them.
    let notCarried: [Principal.Grant]

    package init(id: UUID, expiresAt: Date, notCarried: [Principal.Grant], now: Date) {
        (self.id, self.expiresAt, self.notCarried) = (id, expiresAt, notCarried)
        endsSoon = expiresAt <= now.addingTimeInterval(Self.notice)
    }
}
