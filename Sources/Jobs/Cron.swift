package import WorkingDays

/// A cron expression: minute, hour, day of month, month, day of week, with names, lists, ranges and steps, or one of
/// `@hourly @daily @weekly @monthly @yearly`. As in every cron, when both day fields are restricted, either suffices.
public struct Cron: Sendable, Equatable, CustomStringConvertible {
    let minutes: [Int]
    let hours: [Int]
    let days: Set<Int>
    let months: Set<Int>
    /// 0 = Sunday.
    let weekdays: Set<Int>
    /// Whether the hour field starts with a star: such an expression follows the passing of time through a change of
    /// the clocks, any other follows the clock face.
    let everyHour: Bool
    private let eitherDay: Bool
    public let description: String

    /// Reads an expression; throws a sentence that names the wrong field.
    public init(_ text: String) throws {
        let expression = try Self.macros[text] ?? Self.checked(text)
        let fields = expression.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard fields.count == 5 else {
            throw CronError("“\(text)” has \(fields.count) fields; cron needs minute, hour, day, month, weekday.")
        }
        minutes = try Field.minute.values(fields[0]).sorted()
        hours = try Field.hour.values(fields[1]).sorted()
        days = try Field.day.values(fields[2])
        months = try Field.month.values(fields[3])
        weekdays = Set(try Field.weekday.values(fields[4]).map { $0 % 7 })
        everyHour = fields[1].hasPrefix("*")
        eitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
        description = text
    }

    package func matches(_ day: Day) -> Bool {
        let (_, month, dayOfMonth) = day.components
        guard months.contains(month) else { return false }
        let byMonth = days.contains(dayOfMonth)
        let byWeek = weekdays.contains(day.weekday % 7)
        return eitherDay ? byMonth || byWeek : byMonth && byWeek
    }

    private static let macros = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
        "@yearly": "0 0 1 1 *",
    ]

    private static func checked(_ text: String) throws -> String {
        guard !text.hasPrefix("@") else {
            throw CronError("“\(text)” is none of \(macros.keys.sorted().joined(separator: " ")).")
        }
        return text
    }
}

/// Why a cron expression can't be read, in a sentence.
public struct CronError: Error, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// One of the five fields: its name, its range and the names of its values.
private struct Field {
    let name: String
    let range: ClosedRange<Int>
    var names: [String] = []

    static let minute = Field(name: "minute", range: 0...59)
    static let hour = Field(name: "hour", range: 0...23)
    static let day = Field(name: "day of month", range: 1...31)
    static let month = Field(
        name: "month", range: 1...12,
        names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
    static let weekday = Field(
        name: "day of week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])

    func values(_ text: String) throws -> Set<Int> {
        var found: Set<Int> = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            found.formUnion(try values(ofItem: item))
        }
        return found
    }

    /// `*`, `a`, `a-b`, each with an optional `/step`; `a/step` runs from a to the end of the range.
    private func values(ofItem item: Substring) throws -> Set<Int> {
        let parts = item.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let base = parts.first else { throw wrong(item) }
        var step = 1
        if parts.count == 2 {
            guard let given = Int(digits: parts[1]), given > 0 else { throw wrong(item) }
            step = given
        }
        let ends = base.split(separator: "-", omittingEmptySubsequences: false)
        let (low, high): (Int, Int)
        switch ends.count {
        case 1 where base == "*": (low, high) = (range.lowerBound, name == "day of week" ? 6 : range.upperBound)
        case 1:
            low = try value(base, of: item)
            high = parts.count == 2 ? range.upperBound : low
        case 2: (low, high) = (try value(ends[0], of: item), try value(ends[1], of: item))
        default: throw wrong(item)
        }
        guard low <= high else { throw wrong(item) }
        return Set(stride(from: low, through: high, by: step))
    }

    private func value(_ text: Substring, of item: Substring) throws -> Int {
        if let index = names.firstIndex(of: text.lowercased()) { return index + range.lowerBound }
        guard let number = Int(digits: text), range.contains(number) else { throw wrong(item) }
        return number
    }

    private func wrong(_ item: Substring) -> CronError {
        CronError("“\(item)” is no \(name) (\(range.lowerBound) to \(range.upperBound)) in a cron expression.")
    }
}
