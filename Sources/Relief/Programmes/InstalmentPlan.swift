package import Contract
package import WorkingDays

/// Why an amount can't be paid in so many parts.
package struct PlanProblem: Error, Sendable {
    package let why: Phrase
}

extension Pack {
    /// Instalments of one award at most: ten years of months.
    static let mostParts: Int64 = 120

    /// An amount in equal parts of whole fen, the last one taking what is left, with the days from which they are due. It
    /// stands on the sheet, so that who decides sees it.
    func plan(amount: Fen, parts: Int64, inputs: AssessmentInputs) -> Result<[PlannedPart], PlanProblem> {
        guard (1...Self.mostParts).contains(parts) else {
            return .failure(
                PlanProblem(
                    why: Phrase(
                        "the number of instalments must be 1 to \(Self.mostParts), not \(parts)",
                        "期数应为1至\(Self.mostParts)，不是\(parts)")))
        }
        let share = amount.rawValue / parts
        guard share > 0 else {
            return .failure(
                PlanProblem(
                    why: Phrase(
                        "\(amount) yuan can't be paid in \(parts) instalments: each must be at least 0.01 yuan",
                        "\(amount)元不能分\(parts)期发放：每期至少0.01元")))
        }
        let first = first(inputs)
        return .success(
            (0..<parts).map { index in
                PlannedPart(
                    amount: Fen(index == parts - 1 ? amount.rawValue - share * (parts - 1) : share), on: first.on,
                    workingDays: first.workingDays, months: instalments?.monthly == true ? Int(index) : 0)
            })
    }

    /// When the first part is due. A day of the year is the one of the case's season: the intake in which it was submitted
    /// first, else that calendar year; so an approval after the turn of the year pays at once, and not a year later.
    private func first(_ inputs: AssessmentInputs) -> (on: Day?, workingDays: Int?) {
        switch instalments?.first ?? .workingDays(0) {
        case .workingDays(let count): (nil, count)
        case .on(let date): (date.first(onOrAfter: season(of: inputs.submittedOn ?? inputs.today)), nil)
        }
    }

    private func season(of day: Day) -> Day {
        let opens = intake?.opens ?? MonthDay(month: 1, day: 1)
        return opens.last(onOrBefore: day)
    }
}

extension MonthDay {
    func day(of year: Int) -> Day {
        // 29 February is the 28th in most years.
        Day(year: year, month: month, day: day) ?? Day(year: year, month: month, day: 28) ?? Day(number: 0)
    }

    func first(onOrAfter start: Day) -> Day {
        let same = day(of: start.year)
        return same >= start ? same : day(of: start.year + 1)
    }

    func last(onOrBefore end: Day) -> Day {
        let same = day(of: end.year)
        return same <= end ? same : day(of: end.year - 1)
    }
}

extension PlannedPart {
    /// When it is due if the case is approved on a day.
    package func dueOn(approvedOn day: Day, calendar: WorkingCalendar) -> Day {
        let first = on.map { max($0, day) } ?? calendar.day(workingDays: workingDays ?? 0, after: day)
        return first.adding(months: months)
    }
}
