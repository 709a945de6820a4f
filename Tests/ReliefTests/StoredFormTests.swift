import Contract
import Foundation
@testable import Relief
import Testing
import WorkingDays

/// What was kept of decisions is read for ever: the golden files are of the day before forms bore versions.
struct StoredFormTests {
    private static func golden(_ name: String) throws -> Data {
        try Data(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
                path: "Golden/\(name).json"))
    }

    @Test func `an assessment of the first version says what it said`() throws {
        let assessment = try JSON.decode(Assessment.self, from: Self.golden("assessment-1-P04"))
        #expect(assessment.answer == .yes && assessment.amount == Fen(600_000) && assessment.period == "2026-2027")
        #expect(assessment.rules.count == 5 && assessment.rules.allSatisfy { $0.answer == .yes })
        #expect(assessment.plan.isEmpty && assessment.parameters.first?.kind == .money)
    }

    @Test func `inputs of the first version are judged again as they were`() throws {
        let inputs = try JSON.decode(AssessmentInputs.self, from: Self.golden("inputs-1-P04"))
        let text = try String(contentsOf: PackTests.folder.appending(path: "P04-education.yaml"), encoding: .utf8)
        let again = try Pack.load(text).assess(inputs)
        #expect(again.answer == .yes && again.amount == Fen(600_000))
    }

    @Test(arguments: ["P01", "P04"])
    func `a sheet of the first version is shown`(programme: String) throws {
        let sheet = try JSON.decode(CaseSheet.self, from: Self.golden("sheet-1-\(programme)"))
        #expect(sheet.version == nil && sheet.programme == programme && sheet.assessment.answer == .yes)
    }

    @Test func `what is kept today bears its version, and one from a newer relief is refused`() throws {
        let inputs = try JSON.decode(AssessmentInputs.self, from: Self.golden("inputs-1-P04"))
        let kept = try JSON.decode(JSONValue.self, from: JSON.encode(inputs))
        #expect(kept["version"] == 2)
        guard case .object(var fields) = kept else { return }
        fields["version"] = 3
        let newer = try JSON.encode(JSONValue.object(fields))
        #expect(throws: DecodingError.self) { try JSON.decode(AssessmentInputs.self, from: newer) }
    }

    @Test func `what is kept today is read again as it was`() throws {
        let text = try String(contentsOf: PackTests.folder.appending(path: "P04-education.yaml"), encoding: .utf8)
        let assessment = try Pack.load(text).assess(
            JSON.decode(AssessmentInputs.self, from: Self.golden("inputs-1-P04")))
        let bytes = try JSON.encode(assessment)
        #expect(try JSON.encode(JSON.decode(Assessment.self, from: bytes)) == bytes)
        #expect(assessment.plan == [PlannedPart(amount: Fen(600_000), on: Desk.day("2026-09-10"))])
    }
}
