import ArgumentParser
import Client
import Contract
import Output
import Terminal

/// Does one thing to each case of a list in turn. A case that is refused is reported, and the rest go on.
struct CaseBatch {
    let client: ReliefClient
    private(set) var done = 0
    private(set) var refused = 0

    init(client: ReliefClient) {
        self.client = client
    }

    /// The numbers of all cases that a list gives, page after page: doing something moves cases off it.
    func numbers(_ list: (_ cursor: String?) -> ListCases) async throws -> [String] {
        var numbers: [String] = []
        var cursor: String?
        repeat {
            let page = try await client.send(list(cursor))
            numbers += page.items.map(\.number)
            cursor = page.next
        } while cursor != nil
        return numbers
    }

    /// `act` does it and shows it; false where it left the case out.
    mutating func each(_ numbers: [String], _ act: (String) async throws -> Bool) async throws {
        for number in numbers {
            do {
                if try await act(number) { done += 1 }
            } catch let refusal as Refusal where refusal.code != .unavailable && refusal.code != .unauthenticated {
                refused += 1
                Standard.error("\(number): \(refusal.phrase.shown)")
                for detail in refusal.particulars ?? [] { Standard.error("  \(detail.shown)") }
            }
        }
    }

    /// Says how many; exit code 3 where any was refused.
    func end(_ participle: String) throws {
        Standard.error("\(done) \(participle)\(refused > 0 ? ", \(refused) refused" : "").")
        if refused > 0 { throw ExitCode(3) }
    }

    /// One line of a case: number, whom it is about, over which amount, where it stands.
    static func line(_ file: CaseView, _ act: String, over amount: Fen? = nil, dryRun: Bool) -> String {
        let place = file.state.rawValue + (file.step.map { ", at \($0)" } ?? "")
        let what = act + (amount.map { " (\($0) yuan)" } ?? "")
        return
            "\(file.number)  \(file.subject.title)  \(what)  \(place)\(dryRun ? " (dry run: nothing was changed)" : "")"
    }
}
