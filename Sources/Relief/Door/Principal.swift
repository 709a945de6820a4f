package import Contract
package import FoundationEssentials

/// Who asks: a user with the roles granted, or the system on behalf of its schedules.
package struct Principal: Sendable, Hashable {
    /// A role and the subtree in which it holds.
    package struct Grant: Sendable, Hashable {
        package let role: Role
        package let organisation: String
        /// `ltree` path of the organisation; empty = the whole tree.
        package let path: String

        package init(role: Role, organisation: String, path: String) {
            self.role = role
            self.organisation = organisation
            self.path = path
        }
    }

    /// The row in `relief.app_user`.
    package let user: UUID
    package let login: String
    package let name: String
    package let person: UUID?
    package let grants: [Grant]
    /// What it acts with, for the log.
    package let credential: Credential
    package let isSystem: Bool
    /// What the user came with; nil for an account of the host and for the system.
    package var token: HeldToken?

    package init(
        user: UUID, login: String, name: String, person: UUID?, grants: [Grant], credential: Credential
    ) {
        (self.user, self.login, self.name) = (user, login, name)
        (self.person, self.grants, self.credential, isSystem) = (person, grants, credential, false)
    }

    private init(system user: UUID) {
        (self.user, login, name) = (user, "system", "relief")
        (person, grants, credential, isSystem) = (nil, [], .program, true)
    }

    /// The program itself: sees the whole tree, and decides nothing that needs a person.
    package static let system = Principal(system: UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1)))

    /// Somebody whose credential is nobody's, in the log.
    static func unknown(_ credential: Credential) -> Principal {
        Principal(
            user: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), login: "", name: "", person: nil,
            grants: [], credential: credential)
    }

    /// As keys, the log and row-level security name it.
    var actor: String { user.uuidString.lowercased() }

    /// The subtrees in which a permission holds; empty = nowhere.
    package func scope(for permission: Permission) -> [String] {
        if isSystem { return [""] }
        return grants.filter { $0.role.permissions.contains(permission) || permission == .anyone }.map(\.path)
    }

    /// Whether a permission holds over the whole tree. The root's path is one label; the system's scope is the empty path.
    package func holdsAtRoot(_ permission: Permission) -> Bool {
        scope(for: permission).contains { !$0.contains(".") }
    }

    /// Whether anything of a union is told to it: it holds some role there or above.
    func mayKnow(_ path: String) -> Bool {
        isSystem || grants.contains { path == $0.path || path.hasPrefix($0.path + ".") }
    }

    /// The scope as the text of an `ltree[]`, for `relief.scope`.
    static func arrayText(_ paths: [String]) -> String {
        "{" + paths.map { "\"\($0)\"" }.joined(separator: ",") + "}"
    }
}

/// How a caller shows who it is.
/// What somebody acts with, as the log names it.
package enum Credential: Sendable, Hashable {
    /// The row in `relief.token`.
    case token(UUID)
    /// The account on the daemon's host.
    case peer(uid: UInt32)
    /// A token that isn't valid, or no longer.
    case unknownToken
    /// The program itself.
    case program

    var text: String {
        switch self {
        case .token(let id): "token \(id.uuidString.lowercased())"
        case .peer(let uid): "peer \(uid)"
        case .unknownToken: "unknown token"
        case .program: "program"
        }
    }
}

/// What the outside shows to say who asks.
package enum Credentials: Sendable {
    /// The user id of the process at the other end of the unix socket, vouched for by the kernel.
    case peer(uid: UInt32)
    /// An opaque token; only a keyed hash of it is stored.
    case token(String)
}
