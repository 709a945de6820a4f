import Contract
import Foundation

/// Files for the tests that write their rows as text, as a spreadsheet saves them in UTF-8.
extension ImportHouseholds {
    init(organisation: String, csv: String, mode: ImportMode) {
        self.init(organisation: organisation, csv: Data(csv.utf8), mode: mode)
    }
}

extension ImportArchives {
    init(organisation: String, csv: String, mode: ImportMode) {
        self.init(organisation: organisation, csv: Data(csv.utf8), mode: mode)
    }
}

extension ImportCases {
    init(programme: String, organisation: String, csv: String, mode: ImportMode, submit: Bool) {
        self.init(
            programme: programme, organisation: organisation, csv: Data(csv.utf8), mode: mode, submit: submit)
    }
}

extension ImportRemittances {
    init(organisation: String, csv: String, mode: ImportMode) {
        self.init(organisation: organisation, csv: Data(csv.utf8), mode: mode)
    }
}

extension ImportReport {
    /// The outcome of each row, in the file's order.
    var fates: [RowOutcome] { outcomes.map(\.outcome) }
}
