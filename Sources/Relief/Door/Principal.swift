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
    package let isSystem: Bool
    /// What the user came with; nil for an account of the host and for the system.
    package var token: HeldToken?

    package init(user: UUID, login: String, name: String, person: UUID?, grants: [Grant]) {
        (self.user, self.login, self.name) = (user, login, name)
        (self.person, self.grants, isSystem) = (person, grants, false)
    }

    private init(system user: UUID) {
        (self.user, login, name) = (user, "system", "relief")
        (person, grants, isSystem) = (nil, [], true)
    }

    /// The program itself: sees the whole tree, and decides nothing that needs a person.
    package static let system = Principal(system: UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1)))

    /// As keys, the log and row-level security name it.
    var actor: String { user.uuidString.lowercased() }

    /// The subtrees in which a permission holds; empty = nowhere.
    package func scope(for permission: Permission) -> [String] {
        if isSystem { return [""] }
        return grants.filter { $0.role.permissions.contains(permission) || permission == .anyone }.map(\.path)
    }

    /// The scope as the text of an `ltree[]`, for `relief.scope`.
    static func arrayText(_ paths: [String]) -> String {
        "{" + paths.map { "\"\($0)\"" }.joined(separator: ",") + "}"
    }
}

/// How a caller shows who it is.
package enum Credentials: Sendable {
    /// The user id of the process at the other end of the unix socket, vouched for by the kernel.
    case peer(uid: UInt32)
    /// An opaque token; only a keyed hash of it is stored.
    case token(String)
}
