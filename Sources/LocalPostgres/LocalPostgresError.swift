/// Why the private PostgreSQL could not serve: what happened, where, and what to do about it.
package struct LocalPostgresError: Error, CustomStringConvertible {
    package enum Code: Sendable {
        /// No PostgreSQL of a supported version is installed where we looked.
        case serverNotFound
        /// Started as root, and there is no unprivileged user to hand the server to.
        case userMissing
        /// The directory can't be made, entered or written by the user that runs the server, or holds something else.
        case directory
        /// Another live process owns this directory.
        case inUse
        /// `initdb` failed.
        case creation
        /// The server didn't come up.
        case startup
        /// A process could not be started at all.
        case spawn
    }

    package let code: Code
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
