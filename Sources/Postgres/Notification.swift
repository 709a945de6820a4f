/// What another session said by NOTIFY on a channel that this connection listens to.
public struct Notification: Sendable, Hashable {
    public let channel: String
    public let payload: String
    /// The server process of the sender.
    public let processID: Int32
}
