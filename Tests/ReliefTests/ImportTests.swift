import Contract
@testable import Relief
import Support
import Testing

/// A roster of households from a spreadsheet.
@Suite(.database)
struct ImportTests {
    private static let header = "户号,姓名,身份证号,手机,关系,用人单位,户名,开户行,联行号,账号\n"

    /// Lines of households of two; the numbers are made from the seed.
    private func lines(_ households: Int, seed: UInt64) -> [String] {
        var made = Synthetic(seed: seed)
        return (1...households).flatMap { home in
            [
                "\(home),马秀英,\(made.idNumber()),\(made.phone()),户主,,马秀英,某银行,,\(made.card())",
                "\(home),马小花,\(made.idNumber()),,子女,,,,,",
            ]
        }
    }

    private func bring(_ office: Office, _ lines: [String], _ mode: ImportMode) async throws -> ImportReport {
        try await office.door.perform(
            ImportHouseholds(organisation: "XN", csv: Self.header + lines.joined(separator: "\n"), mode: mode),
            as: office.worker)
    }

    @Test func `an account in another name, or given twice, is taken and waits; half of one is refused`() async throws {
        let office = try await Office.open()
        var lines = lines(3, seed: 2)
        lines[0].replace("马秀英,某银行", with: "林工,某银行")
        let card = lines[2].split(separator: ",").last ?? ""
        lines[4] =
            lines[4].split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",")
            + ",\(card)"
        let report = try await bring(office, lines, .all)
        #expect(report.accepted == 6 && report.refused == 0)
        #expect(report.problems.map(\.line) == [2, 6] && report.problems.map(\.column) == ["户名", "账号"])
        var states: [[AccountState]] = []
        for number in report.created {
            let home = try await office.door.answer(ShowHousehold(household: number), as: office.worker)
            let head = try await office.door.answer(ShowPerson(person: try #require(home.head)), as: office.worker)
            states.append(head.accounts.map(\.state))
        }
        #expect(states == [[.pending], [.active], [.pending]])
        // Registered under another name than the roster's and the account's.
        let known = self.lines(1, seed: 4)
        let identity = String(known[0].split(separator: ",")[2])
        _ = try await office.door.perform(
            RegisterPerson(name: "马秀瑛", idNumber: identity, organisation: "XN"), as: office.worker)
        let differing = try await bring(office, known, .all)
        #expect(Set(differing.problems.map(\.column)) == ["姓名", "手机", "户名"] && differing.refused == 0)
        var half = self.lines(1, seed: 3)
        half[0] =
            half[0].split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",") + ","
        let refused = try await bring(office, half, .all)
        #expect(refused.accepted == 0 && refused.fates == [.refused, .refused])
        #expect(refused.problems.map(\.column) == ["账号", "户号"])
    }

    @Test func `a right roster becomes households with members and accounts`() async throws {
        let office = try await Office.open()
        let report = try await bring(office, lines(30, seed: 1), .all)
        #expect(report.problems.isEmpty)
        #expect(report.rows == 60 && report.accepted == 60 && report.refused == 0)
        #expect(report.created.count == 30)
        let home = try await office.door.answer(ShowHousehold(household: report.created[29]), as: office.worker)
        #expect(home.members.map(\.relation) == ["head", "子女"])
        let head = try await office.door.answer(ShowPerson(person: try #require(home.head)), as: office.worker)
        #expect(head.accounts.map(\.state) == [.active])
        #expect(head.household == home.number)
    }

    @Test func `the same roster again makes nothing twice`() async throws {
        let office = try await Office.open()
        _ = try await bring(office, lines(3, seed: 2), .all)
        let again = try await bring(office, lines(3, seed: 2), .valid)
        #expect(again.accepted == 0 && again.created.isEmpty && again.problems.isEmpty && again.refused == 0)
        #expect(again.fates == Array(repeating: .same, count: 6) && again.outcomes[0].number == "XN-H000001")
        #expect(try await office.door.answer(ListPersons(), as: office.worker).items.count == 6)
    }

    @Test func `one wrong row keeps its household out, or all of them where all was asked`() async throws {
        let office = try await Office.open()
        var rows = lines(3, seed: 3)
        rows[3] = "2,马小花,110105194912310021,,子女,,,,,"
        let none = try await bring(office, rows, .all)
        #expect(none.accepted == 0 && none.created.isEmpty && none.notes.contains(RowImport.undone))
        // The other line of the household is refused with it, and the report says by which.
        #expect(none.fates == [.new, .new, .refused, .refused, .new, .new])
        #expect(none.problems.map(\.line) == [4, 5] && none.problems[0].problem.en.contains("Line 5"))
        #expect(none.problems[1].column == "身份证号" && none.problems[1].value == "110105************")
        #expect(try await office.door.answer(ListPersons(), as: office.worker).items.isEmpty)
        let some = try await bring(office, rows, .valid)
        #expect(some.accepted == 4 && some.refused == 2 && some.created.count == 2)
        #expect(try await office.door.answer(ListPersons(), as: office.worker).items.count == 4)
    }

    @Test func `each fault of a row is named with its column and an advice`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 4)
        let twice = made.idNumber()
        let report = try await bring(
            office,
            [
                "1,,\(made.idNumber()),12,户主,,,,,", "2,马,\(twice),,户主,,,,,", "2,马,\(twice),,配偶,,,,,",
                "3,马,\(made.idNumber()),,配偶,,,,,", ",马,\(made.idNumber()),,户主,,,,,",
                "4,马,\(made.idNumber()),,户主,91110000101623741K,,,,", "5,马,\(made.idNumber()),,户主,,,,,12x",
            ], .valid)
        #expect(Set(report.problems.map(\.line)) == [2, 3, 4, 5, 6, 7, 8])
        #expect(report.problems.allSatisfy { !$0.problem.zh.isEmpty && !$0.advice.zh.isEmpty && !$0.column.isEmpty })
        #expect(report.problems.allSatisfy { $0.problem.zh != $0.problem.en && $0.advice.zh != $0.advice.en })
        #expect(!report.problems.contains { $0.value?.contains(twice) == true })
        #expect(report.accepted == 0)
    }
}
