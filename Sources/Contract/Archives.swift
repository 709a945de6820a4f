package import FoundationEssentials

/// Takes over the archives (建档) that the national system has: 户号,级别,建档日期,国家档案号.
package struct ImportArchives: Command {
    package typealias Reply = ImportReport
    package static let name = "archive.import"
    package static let summary = Phrase(
        "Takes over archives of the national system: 户号,级别,建档日期,国家档案号.",
        "导入全国系统的建档信息：“户号,级别,建档日期,国家档案号”。")
    package static let permission = Permission.approveCases
    package static let route = Route.post("/v1/archives/import")

    package let organisation: String
    package let csv: Data
    package let mode: ImportMode

    package init(organisation: String, csv: Data, mode: ImportMode) {
        self.organisation = organisation
        self.csv = csv
        self.mode = mode
    }
}
