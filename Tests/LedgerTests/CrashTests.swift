import Foundation
import Ledger
import Postgres
import Schema
import Support
import Synchronization
import Testing
import WorkingDays

/// G7 for the books: what was acknowledged is there after the server was killed.
struct CrashTests {
    @Test func `G7: kill -9 of the whole server loses no acknowledged transfer and breaks no law`() async throws {
        let cluster = try await ThrowawayCluster.start(settings: ["fsync": "on"])
        let pool = Pool(settings: cluster.appSettings(), size: 6, logger: quiet)
        let office = try await Office.open(on: pool, fund: 1_000_000_00)
        let acknowledged = Acknowledged()
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)

        await withTaskGroup { group in
            for task in 0..<6 as Range<UInt64> {
                group.addTask {
                    for number in 0..<10_000 as Range<UInt64> {
                        let line = Office.spending(1_000_000 * (task + 1) + number, 1)
                        do {
                            try await office.books { books in
                                if number.isMultiple(of: 3) {
                                    try await books.hold(line)
                                    try await books.post(Resolution(id: UUID(line.id, 1), hold: line.id))
                                } else {
                                    try await books.transfer(line)
                                }
                            }
                        } catch {
                            return
                        }
                        if acknowledged.add(line.id) == 300 { signal.yield() }
                    }
                }
            }
            for await _ in signals {
                await cluster.kill()
                signal.finish()
            }
        }
        await pool.close()

        try await cluster.restart()
        let connection = try await Connection.open(cluster.settings(), logger: quiet)
        let ids = acknowledged.ids
        let found: Int = try await connection.value(
            "SELECT count(*) FROM ledger.transfer WHERE id = ANY (\(ids)) AND kind IN ('posted', 'pending')")
        #expect(ids.count >= 300)
        #expect(found == ids.count)
        #expect(try await Schema.violations(on: connection).isEmpty)
        await connection.close()
        await cluster.stop()
    }
}

/// The ids of the operations whose COMMIT was answered.
private final class Acknowledged: Sendable {
    private let guarded = Mutex<[UUID]>([])

    var ids: [UUID] { guarded.withLock { $0 } }

    /// How many there are now.
    func add(_ id: UUID) -> Int {
        guarded.withLock { ids in
            ids.append(id)
            return ids.count
        }
    }
}
