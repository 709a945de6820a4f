import Client
import Contract
import Foundation
import Synchronization

/// Commands that are easy to count: unions founded under the root, each under a key of its own.
struct Unions: Sendable {
    let client: ReliefClient

    static func key(_ number: Int) -> String { "found-\(number)" }
    static func code(_ number: Int) -> String { "U\(number)" }

    @discardableResult
    func found(_ number: Int) async throws -> OrganisationView {
        try await client.send(
            CreateOrganisation(
                code: Self.code(number), name: "第\(number)工会", level: .province, line: .territory, parent: "CN"),
            key: Self.key(number))
    }

    /// Founds unions from many tasks at once; gives the numbers that were acknowledged. `each` hears every answer.
    func foundAll(
        _ numbers: Range<Int>, tasks: Int = 4, each: @escaping @Sendable (Int) -> Void = { _ in }
    ) async -> Set<Int> {
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<tasks {
                group.addTask {
                    for number in numbers where number % tasks == lane {
                        if (try? await found(number)) != nil { each(tally.add(number)) }
                    }
                }
            }
        }
        return tally.numbers
    }

    /// The codes of all unions, each as often as it stands there.
    func codes() async throws -> [String] {
        var codes: [String] = []
        var cursor: String?
        repeat {
            let page = try await client.send(ListOrganisations(cursor: cursor, limit: 500))
            codes += page.items.map(\.code)
            cursor = page.next
        } while cursor != nil
        return codes
    }
}

/// The numbers that were acknowledged so far.
private final class Tally: Sendable {
    private let known = Mutex<Set<Int>>([])

    var numbers: Set<Int> { known.withLock { $0 } }

    func add(_ number: Int) -> Int {
        known.withLock { known in
            known.insert(number)
            return known.count
        }
    }
}
