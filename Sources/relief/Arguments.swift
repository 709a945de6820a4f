public import ArgumentParser
import Contract
import Foundation
public import WorkingDays

/// A day as people write it.
extension Day: ExpressibleByArgument {
    public init?(argument: String) { self.init(written: argument) }
}
extension Role: ExpressibleByArgument {}
extension UnionLevel: ExpressibleByArgument {}
extension UnionLine: ExpressibleByArgument {}
extension EmployerKind: ExpressibleByArgument {}
extension PersonalField: ExpressibleByArgument {}
extension AccountKind: ExpressibleByArgument {}
extension AccountState: ExpressibleByArgument {}
extension ImportMode: ExpressibleByArgument {}
extension CaseState: ExpressibleByArgument {}
extension DecisionOutcome: ExpressibleByArgument {}
extension ExitReason: ExpressibleByArgument {}
extension ContactManner: ExpressibleByArgument {}
extension NoticeState: ExpressibleByArgument {}
extension ObjectionOutcome: ExpressibleByArgument {}
extension FundSource: ExpressibleByArgument {}
extension BooksFormat: ExpressibleByArgument {}
extension BankFormat: ExpressibleByArgument {}
extension RunState: ExpressibleByArgument {}
extension PaymentState: ExpressibleByArgument {}
extension BankLineClass: ExpressibleByArgument {}
extension JobState: ExpressibleByArgument {}
extension FigureKind: ExpressibleByArgument {}

/// An id, as the daemon gives it to accounts, documents and objections.
struct Identifier: ExpressibleByArgument {
    let uuid: UUID

    init?(argument: String) {
        guard let uuid = UUID(uuidString: argument) else { return nil }
        self.uuid = uuid
    }
}

extension Fen: ExpressibleByArgument {
    package init?(argument: String) { self.init(yuan: argument) }
}

/// A fact of a case, `name=value`, as it is written: the daemon reads it by the form, an amount in yuan. `name=` takes the
/// fact away.
struct Fact: ExpressibleByArgument {
    let name: String
    let value: JSONValue

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        name = String(argument[..<equals])
        let text = String(argument[argument.index(after: equals)...])
        value = text.isEmpty ? .null : .string(text)
    }
}

/// The facts that a verb takes, each once: of two values nobody knows which was meant.
struct FactOptions: ParsableArguments {
    @Option(name: .customLong("fact"), help: "A fact, name=value, an amount in yuan; repeat for more.")
    var facts: [Fact] = []

    var values: [String: JSONValue] {
        get throws {
            var values: [String: JSONValue] = [:]
            for fact in facts where values.updateValue(fact.value, forKey: fact.name) != nil {
                throw Refusal.doubled("facts.\(fact.name)")
            }
            return values
        }
    }

    /// The facts that were given, as the case has them now: whoever wrote an amount sees what it was taken for.
    func echo(_ file: CaseView) -> [String] {
        let names = facts.map(\.name)
        return file.factRows.filter { names.contains($0[0]) }.map { "  \($0[0]) = \($0[1])  \($0[2])" }
    }
}

/// A member of a household, `PERSON:relation`.
struct MemberArgument: ExpressibleByArgument {
    let member: HouseholdMember

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        member = HouseholdMember(person: parts[0], relation: parts[1])
    }
}

/// A day that isn't what its weekday says, `2026-10-01:off:国庆节` or `2026-10-10:working:调休`.
struct CalendarDayArgument: ExpressibleByArgument {
    let day: CalendarDay

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 2).map(String.init)
        guard parts.count == 3, let day = Day(written: parts[0]), ["off", "working"].contains(parts[1]) else {
            return nil
        }
        self.day = CalendarDay(day: day, working: parts[1] == "working", name: parts[2])
    }
}

/// What a fund may be spent on, `item:from:source` or `item:from:to:source`.
struct FundItemArgument: ExpressibleByArgument {
    let item: FundItem

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 3).map(String.init)
        guard parts.count >= 3, let from = Day(written: parts[1]) else { return nil }
        if parts.count == 4, let to = Day(written: parts[2]) {
            item = FundItem(item: parts[0], from: from, to: to, source: parts[3])
        } else {
            item = FundItem(item: parts[0], from: from, source: parts[2...].joined(separator: ":"))
        }
    }
}

/// A time, `2026-11-22T09:00:00Z`, or a day's beginning in China.
struct TimeArgument: ExpressibleByArgument {
    let date: Date

    init?(argument: String) {
        guard let date = Timestamp.date(argument) ?? Day(written: argument)?.start() else { return nil }
        self.date = date
    }
}

/// Up to when: a time, or a day's end in China.
struct EndArgument: ExpressibleByArgument {
    let date: Date

    init?(argument: String) {
        // The last instant that the database tells from the next day's first.
        let end = Day(written: argument).map { $0.adding(days: 1).start().addingTimeInterval(-0.000_001) }
        guard let date = Timestamp.date(argument) ?? end else { return nil }
        self.date = date
    }
}
