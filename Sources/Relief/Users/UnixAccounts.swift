import Contract
import Foundation
import WorkingDays

/// The accounts of the host that the daemon runs on; the kernel vouches for which of them a process belongs to.
enum UnixAccounts {
    /// The number of an account given by name or number. Refuses a name that the host doesn't know.
    static func number(_ text: String) throws -> Int64 {
        if let number = UInt32(digits: text) { return Int64(number) }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(text, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            throw Refusal.invalid(
                Phrase(
                    "This host has no account “\(text)”: give its name or number.",
                    "本机没有账户“\(text)”：请给出其名称或编号。"), field: "unixUser")
        }
        return Int64(entry.pw_uid)
    }

    /// The name of an account, or its number where the host doesn't know it.
    static func name(_ number: Int64) -> String {
        guard let uid = uid_t(exactly: number) else { return String(number) }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(uid, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return String(number) }
        return String(cString: entry.pw_name)
    }
}
