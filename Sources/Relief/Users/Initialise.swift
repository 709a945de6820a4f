package import Contract
import Postgres

/// Makes the first rows: the program's own user, the root of the tree, and the person who administers and audits it.
///
/// Run by `reliefd init` as `Principal.system`; no door offers it. There is no default password: the administrator is an
/// account of the host.
package struct Initialise: Executable {
    package typealias Reply = UserView
    package static let name = "relief.initialise"
    package static let summary = Phrase("Makes the root union and its administrator.", "建立最上级工会及其系统管理员。")
    package static let permission = Permission.administer
    package static let route = Route.post("/v1/initialise")

    package let code: String
    package let union: String
    package let level: UnionLevel
    package let login: String
    package let administrator: String
    /// Account on the daemon's host whose processes act as the administrator.
    package let unixUID: Int64

    package init(code: String, union: String, level: UnionLevel, login: String, administrator: String, unixUID: Int64) {
        self.code = code
        self.union = union
        self.level = level
        self.login = login
        self.administrator = administrator
        self.unixUID = unixUID
    }

    package func execute(in context: CommandContext) async throws -> UserView {
        guard context.principal.isSystem else {
            throw Refusal.forbidden(
                Phrase(
                    "Only reliefd init makes the first administrator.",
                    "只有 reliefd init 能建立首个系统管理员。"))
        }
        try await context.transaction.execute("LOCK TABLE relief.app_user IN SHARE ROW EXCLUSIVE MODE")
        if try await context.transaction.exists("SELECT FROM relief.app_user") {
            throw Refusal.conflict(
                Phrase(
                    "This database is initialised already: its administrators add users.",
                    "该数据库已经初始化：由其系统管理员添加用户。"))
        }
        _ = try await Users.insert(
            id: context.principal.user, login: context.principal.login, name: context.principal.name, unixUID: nil,
            in: context)
        let root = try await Organisations.insert(
            CreateOrganisation(code: code, name: union, level: level, line: .territory), under: nil, in: context)
        let user = try await Users.insert(login: login, name: administrator, unixUID: unixUID, in: context)
        for figure in Figures.delivered { try await Figures.enter(figure, in: context) }
        for role in [Role.administrator, .auditor] {
            try await Users.grant(role, in: root, to: user, in: context)
        }
        return try await Users.view(user, in: context)
    }
}
