package import Contract
import Foundation
import Output
import Postgres
import Synchronization

/// Whether what is committed is also sealed: kept by the one who seals, and asked by the door before each command without
/// a round trip. What isn't sealed for longer than the patience, for whatever reason, closes the log; it opens by itself
/// once all is sealed again.
package final class LogStanding: Sendable {
    private let state = Mutex(State())
    private let patience: Duration
    private let now: @Sendable () -> ContinuousClock.Instant

    private struct State {
        var mustBeSeen = false
        /// When the first commit came that no look has begun to seal yet.
        var unsealed: ContinuousClock.Instant?
        /// The same of those that the present or the last, failed look was for.
        var attempted: ContinuousClock.Instant?
        var trouble: Phrase?
        var isForked = false

        var since: ContinuousClock.Instant? {
            [unsealed, attempted].compactMap(\.self).min()
        }
    }

    package init(
        patience: Duration = .seconds(10), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        (self.patience, self.now) = (patience, now)
    }

    /// From now on the log is closed until it was looked at once.
    package func close() { state.withLock { $0.mustBeSeen = true } }

    /// Something was committed that has to be sealed.
    package func committed() {
        state.withLock { $0.unsealed = $0.unsealed ?? now() }
    }

    /// One look at the log, which seals all that was committed before it. Throws what the body throws.
    package func look(_ body: () async throws -> Void) async throws {
        state.withLock { state in
            state.attempted = state.since ?? now()
            state.unsealed = nil
        }
        do {
            try await body()
            state.withLock { state in
                (state.attempted, state.trouble, state.isForked, state.mustBeSeen) = (nil, nil, false, false)
            }
        } catch {
            state.withLock { state in
                state.trouble = Self.phrase(of: error)
                state.isForked = error is LogFork
            }
            throw error
        }
    }

    /// Why nothing may be changed now, and what to do; nil when all is well.
    package var problem: Phrase? {
        state.withLock { state in
            if state.isForked, let trouble = state.trouble { return trouble }
            let age = unsealed(state)
            if age > patience {
                let trouble =
                    state.trouble
                    ?? Phrase(
                        "the sealer waits for the disk or the database", "封存程序正在等待磁盘或数据库")
                return Phrase(
                    "The log has not been sealed for \(age.components.seconds) seconds: \(trouble.en). Nothing is changed until it is; ask again later, with the same key.",
                    "审计日志已有\(age.components.seconds)秒未能封存：\(trouble.zh)。封存恢复之前不办理任何变更，请稍后用同一 --key 重试。")
            }
            return state.mustBeSeen
                ? Phrase(
                    "The log has not been looked at since the start: ask again in a moment, with the same key.",
                    "启动后还没有查看过审计日志，请稍后用同一 --key 重试。") : nil
        }
    }

    /// For how long something has waited to be sealed; 0 when nothing does.
    package var unsealedSeconds: Double {
        let age = state.withLock { unsealed($0) }.components
        return Double(age.seconds) + Double(age.attoseconds) / 1e18
    }

    private func unsealed(_ state: State) -> Duration {
        state.since.map { max(.zero, $0.duration(to: now())) } ?? .zero
    }

    private static func phrase(of error: any Error) -> Phrase {
        switch error {
        case let fork as LogFork: fork.phrase
        case let refusal as Refusal: refusal.phrase
        case let unwritten as Unwritten:
            Phrase("\(unwritten); make room or give the right to write", "\(unwritten)，请腾出空间或开放写入权限")
        case is PostgresError: Phrase("the database doesn't answer", "数据库没有应答")
        default: Phrase(asGiven: "\(error)")
        }
    }
}

/// What is signed isn't what the database knows: nothing is signed until the operator has looked.
package struct LogFork: Error, CustomStringConvertible {
    package let phrase: Phrase
    package var description: String { phrase.en }
}
