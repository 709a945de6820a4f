import Contract
import FoundationEssentials
import Postgres
import WorkingDays

/// One call of a command: who, under which key, with which body.
struct Call {
    let event = UUID()
    let principal: Principal
    let command: String
    let key: String
    /// Keyed digest of the command's canonical bytes.
    let bodyMAC: [UInt8]

    init<C: Contract.Operation>(_ command: C, principal: Principal, key: String?, vault: Vault) throws {
        if let key, key.isEmpty || key.length > 200 {
            throw Refusal(
                .invalid,
                Phrase(
                    "An idempotency key must have 1 to 200 characters.",
                    "幂等键应为 1 至 200 个字符。"), field: "Idempotency-Key")
        }
        self.principal = principal
        self.command = C.name
        self.key = key ?? UUID().uuidString
        bodyMAC = vault.commandMAC(Array(C.name.utf8) + [0] + Array(try JSON.encode(command)))
    }

    /// An attempt whose fields were never read.
    init(attempt command: String, principal: Principal, vault: Vault) {
        (self.principal, self.command, key) = (principal, command, "")
        bodyMAC = vault.commandMAC(Array(command.utf8))
    }

    var actor: String { principal.actor }

    /// Claims the key before anything is written. nil: it is ours. Otherwise what was answered under it, or a refusal: the
    /// recorded one, or that the key belongs to another request.
    func claim(at now: Date, in transaction: Transaction, vault: Vault) async throws -> Result<[UInt8], Refusal>? {
        let claimed = try await transaction.execute(
            """
            INSERT INTO relief.command_key (actor, key, command, body_mac, event, at)
            VALUES (\(actor), \(key), \(command), \(bodyMAC), \(event), \(now))
            ON CONFLICT (actor, key) DO NOTHING
            """)
        if claimed == 1 { return nil }
        let row = try await transaction.one(
            """
            SELECT command, body_mac, event, at, answered, refused, erased_at FROM relief.command_key
            WHERE actor = \(actor) AND key = \(key)
            """)
        guard try row["command"] == command, try row["body_mac"] == bodyMAC else {
            return .failure(
                Refusal(
                    .conflict,
                    Phrase(
                        "The key \(key) was used for another request: a new request takes a new key.",
                        "幂等键 \(key) 已用于另一请求：新的请求须换新的键。"),
                    field: "Idempotency-Key"))
        }
        if let refused: String = try row["refused"] {
            return .failure(try JSON.decode(Refusal.self, from: Data(refused.utf8)).given(at: row["at"]))
        }
        if let erased: Date = try row["erased_at"] {
            return .failure(
                Refusal(
                    .conflict,
                    Phrase(
                        "The request was carried out; its answer was destroyed on \(Day(erased)) with the personal data in it.",
                        "该请求已经办妥；其答复已于 \(Day(erased)) 随个人信息一并销毁。")
                ))
        }
        guard let answered: [UInt8] = try row["answered"] else {
            return .failure(
                Refusal(
                    .conflict,
                    Phrase(
                        "The key \(key) is being used by a request that has not ended.",
                        "幂等键 \(key) 正被一个尚未结束的请求使用。")))
        }
        let event: UUID = try row["event"]
        return .success(try vault.open(answered, .reply, row: event.uuidString))
    }

    func answer(_ reply: Data, in transaction: Transaction, vault: Vault) async throws {
        let sealed = try vault.seal(reply, .reply, row: event.uuidString)
        try await transaction.execute(
            "UPDATE relief.command_key SET answered = \(sealed) WHERE actor = \(actor) AND key = \(key)")
    }

    func refuse(_ refusal: Refusal, in transaction: Transaction) async throws {
        // A sentence may quote what can't be kept.
        let text = String(decoding: try JSON.encode(refusal), as: UTF8.self).replacing("\\u0000", with: "")
        try await transaction.execute(
            "UPDATE relief.command_key SET refused = \(text)::text::jsonb WHERE actor = \(actor) AND key = \(key)")
    }
}

extension Refusal {
    /// As it is told to whoever asks again under its key: the world may have changed since.
    fileprivate func given(at time: Date) -> Refusal {
        var refusal = self
        let text = Timestamp.text(time)
        refusal.particulars =
            (particulars ?? []) + [
                Phrase(
                    "This is the answer of \(text) to the same key: to try again, send it with a new key.",
                    "这是 \(text) 对同一幂等键的答复：如需重新办理，请换一个新的幂等键。")
            ]
        return refusal
    }
}
