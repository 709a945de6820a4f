package import Contract
import Foundation
import WorkingDays

/// Who is there at the beginning: the union at the root of the tree, and its administrator, an account of this host.
package struct Founding: Sendable {
    package let code: String
    package let union: String
    package let level: UnionLevel
    package let login: String
    package let administrator: String
    /// The account whose processes act as the administrator.
    package let unixUID: Int64

    /// What isn't said is taken from the account that runs the program; under sudo that is the one who called sudo.
    /// Throws `SettingsError` for a level that there isn't.
    package init(
        code: String?, union: String?, level: String?, login: String?, administrator: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        guard let rank = level.map({ UnionLevel(rawValue: $0) }) ?? .nation else {
            let levels = UnionLevel.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError(["--level is “\(level ?? "")”; must be one of \(levels)."])
        }
        let caller = geteuid() == 0 ? environment["SUDO_UID"].flatMap { UInt32(digits: $0) } : nil
        let user = caller ?? getuid()
        let account = Self.account(user)
        self.code = code ?? "CN"
        self.union = union ?? "中华全国总工会"
        self.level = rank
        self.login = login ?? account.login
        self.administrator = administrator ?? account.name
        unixUID = Int64(user)
    }

    private static func account(_ user: UInt32) -> (login: String, name: String) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            return ("admin", "admin")
        }
        let login = String(cString: entry.pw_name)
        let name = entry.pw_gecos.map { String(cString: $0) }?.split(separator: ",").first.map(String.init)
        return (login, name ?? login)
    }
}
