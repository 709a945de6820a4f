import Postgres

/// Numbers that people use, counted per union and, where the kind is yearly, per year: `XN-P000123`, `XN-C2026-0017`.
enum Numbers {
    enum Kind {
        case person, household
        case file(year: Int), notice(year: Int), run(year: Int)

        fileprivate var counter: String {
            switch self {
            case .person: "person"
            case .household: "household"
            case .file(let year): "case:\(year)"
            case .notice(let year): "notice:\(year)"
            case .run(let year): "run:\(year)"
            }
        }

        fileprivate func text(_ value: Int64) -> String {
            func padded(_ width: Int) -> String {
                let digits = String(value)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            return switch self {
            case .person: "P" + padded(6)
            case .household: "H" + padded(6)
            case .file(let year): "C\(year)-" + padded(4)
            case .notice(let year): "N\(year)-" + padded(3)
            case .run(let year): "R\(year)-" + padded(3)
            }
        }
    }

    /// Takes the next numbers of a union, in order. They are given up only with the whole transaction.
    static func take(
        _ kind: Kind, of organisation: Organisation, count: Int = 1, in session: some Session
    ) async throws -> [String] {
        guard count > 0 else { return [] }
        let counter = "\(kind.counter):\(organisation.code)"
        let first: Int64 = try await session.value("SELECT relief.next_numbers(\(counter), \(count))")
        return (0..<Int64(count)).map { "\(organisation.code)-\(kind.text(first + $0))" }
    }

    static func next(
        _ kind: Kind, of organisation: Organisation, in session: some Session
    ) async throws -> String {
        try await take(kind, of: organisation, in: session)[0]
    }
}
