import Foundation
import Postgres
import WorkingDays

extension PrepareDueRuns: StandingWork {
    static var mostPerRound: Int { .max }

    static func due(now: Date, today: Day) -> SQL {
        "SELECT FROM relief.instalment WHERE state = 'due' AND due_on <= \(today) "
    }
}

extension FileReleasedRuns: StandingWork {
    static var mostPerRound: Int { .max }

    static func due(now: Date, today: Day) -> SQL {
        "SELECT FROM relief.run r WHERE \(isDue(on: today)) "
    }

    static func hasWork(at door: Door) -> Bool { door.bankFolder != nil }
}

extension ImportInbox: StandingWork {
    static func due(now: Date, today: Day) -> SQL {
        "SELECT "
    }

    static func hasWork(at door: Door) -> Bool {
        door.bankFolder.map { !files(in: $0).isEmpty } ?? false
    }
}

extension MarkUnknown: StandingWork {
    static var mostPerRound: Int { .max }

    static func due(now: Date, today: Day) -> SQL {
        """
        SELECT FROM relief.payment p JOIN relief.run r ON r.id = p.run
        WHERE p.state IN ('inFile', 'sent', 'accepted') AND r.execute_on < \(today.adding(days: -patience)) 
        """
    }
}

extension ExpireHolds: StandingWork {
    static var mostPerRound: Int { .max }

    static func due(now: Date, today: Day) -> SQL {
        "SELECT FROM ledger.open_hold WHERE expires_at <= \(now) "
    }
}
