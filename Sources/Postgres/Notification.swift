/// What another session said by NOTIFY on a channel that this connection listens to.
package struct Notification: Sendable, Hashable {
    package let channel: String
    package let payload: String
    /// The server process of the sender.
    package let processID: Int32
}
