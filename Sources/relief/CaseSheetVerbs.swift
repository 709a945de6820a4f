import ArgumentParser
import Contract

extension CaseNoun {
    struct Sheet: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var `case`: String
        @Option(help: "An earlier one, by its first digits (relief case sheets).") var sheet: String?

        func operation() -> ShowCaseSheet {
            ShowCaseSheet(case: `case`, sheet: sheet)
        }
    }

    struct Sheets: QueryVerb {
        static let configuration = described
        @OptionGroup var common: CommonOptions
        @Option var `case`: String

        func operation() -> ListCaseSheets {
            ListCaseSheets(case: `case`)
        }
    }
}
