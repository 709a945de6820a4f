import BankFiles
import Contract
import Foundation
import Ledger
import Postgres
import Support
import Testing
import WorkingDays

@testable import Relief

/// Funds: what comes in, what it may be spent on, what is left.
@Suite(.database)
struct FundTests {
    @Test func `a fund shows received, spent, held and available`() async throws {
        let treasury = try await Treasury.open(cases: 2, amount: 30_000, received: 100_000)
        let fund = try await treasury.fund()
        #expect(fund.received == Fen(100_000) && fund.held == Fen(60_000) && fund.spent == .zero)
        #expect(fund.available == Fen(40_000))
        #expect(fund.accountNumber.hasSuffix("5678") && !fund.accountNumber.contains("1234"))
        #expect(fund.items.map(\.item) == ["living"])
    }

    @Test func `G3: no award takes more than the fund has, holds counted`() async throws {
        await #expect(throws: Refusal.self) {
            _ = try await Treasury.open(cases: 3, amount: 40_000, received: 100_000)
        }
    }

    @Test func `G2: money is spent on what its source allows, on the day it allows it, and never else`() async throws {
        let office = try await Office.open()
        let door = office.door
        _ = try await door.perform(Treasury.fund("EDU", item: "education"), as: office.finance)
        _ = try await door.perform(
            ReceiveMoney(fund: "EDU", amount: Fen(1_000_000), on: Day("2026-06-30")!, reference: "IN-1"),
            as: office.finance)
        let choice = ChooseFund(item: "living", amount: 100)
        let refusal = try await #require(throws: Refusal.self) { try await door.perform(choice, as: .system) }
        let advice = try #require(refusal.particulars?.first)
        #expect(
            refusal.particulars?.count == 1 && advice.en.hasPrefix("Fund EDU may not be spent on living on 2026-07-01:")
        )
        #expect([advice.en, advice.zh].allSatisfy { $0.contains("relief fund allow --fund EDU --item living") })
        _ = try await door.perform(
            AllowItem(
                fund: "EDU", item: "living", from: Day("2026-07-02")!, to: Day("2026-07-02")!, source: "文件2"),
            as: office.finance)
        await #expect(throws: Refusal.self) { try await door.perform(choice, as: .system) }
        office.clock.set(Day("2026-07-02")!.start().addingTimeInterval(3_600))
        #expect(try await door.perform(choice, as: .system) == "EDU")
        office.clock.set(Day("2026-07-03")!.start().addingTimeInterval(3_600))
        await #expect(throws: Refusal.self) { try await door.perform(choice, as: .system) }
    }

    @Test func `a fund that can't pay says what can be done, in both languages`() async throws {
        let office = try await Office.open()
        let choice = ChooseFund(item: "living", amount: 100)
        func advice() async throws -> [String] {
            let refusal = try await #require(throws: Refusal.self) {
                try await office.door.perform(choice, as: .system)
            }
            let ways = ["relief fund create", "relief fund receive", "relief fund allow"]
            return (refusal.particulars ?? []).flatMap { phrase in
                ways.filter { phrase.en.contains($0) && phrase.zh.contains($0) }
            }
        }
        #expect(try await advice() == ["relief fund create"])
        _ = try await office.door.perform(Treasury.fund("OTHER", serves: ["P04"]), as: office.finance)
        #expect(try await advice() == ["relief fund create"])
        _ = try await office.door.perform(Treasury.fund("EMPTY"), as: office.finance)
        #expect(try await advice() == ["relief fund receive", "relief fund create"])
        _ = try await office.door.perform(Treasury.fund("EDU", item: "education"), as: office.finance)
        #expect(try await advice() == ["relief fund allow", "relief fund receive", "relief fund create"])
    }

    @Test func `the nearest fund pays, then its parents', in the order of sources, and balances of others stay secret`()
        async throws
    {
        let office = try await Office.open()
        let door = office.door
        for (code, organisation) in [("CITY", "XN"), ("COUNTY", "CD"), ("OTHER", "HD")] {
            let fund = Treasury.fund(code, organisation: organisation)
            _ = try await door.perform(fund, as: organisation == "HD" ? office.admin : office.finance)
            if organisation == "HD" { continue }
            _ = try await door.perform(
                ReceiveMoney(
                    fund: code, amount: Fen(code == "CITY" ? 5_000 : 1_000), on: Day("2026-06-30")!, reference: "1"),
                as: office.finance)
        }
        #expect(
            try await door.perform(ChooseFund(item: "living", amount: 1_000, path: "CN.QH.XN.CD"), as: .system)
                == "COUNTY")
        #expect(
            try await door.perform(ChooseFund(item: "living", amount: 1_001, path: "CN.QH.XN.CD"), as: .system)
                == "CITY")
        let refusal = try await #require(throws: Refusal.self) {
            try await door.perform(ChooseFund(item: "living", amount: 5_001, path: "CN.QH.XN.CD"), as: .system)
        }
        #expect(refusal.details?.count == 2)
        #expect(refusal.details?.contains { $0.contains("50.00") } == false)
    }

    @Test func `money that arrived is booked once by its reference`() async throws {
        let treasury = try await Treasury.open(cases: 1)
        let again = ReceiveMoney(
            fund: "XN-2026", amount: Fen(100_000_000), on: Day("2026-06-30")!, reference: "IN-1")
        await #expect(throws: Refusal.self) { try await treasury.door.perform(again, as: treasury.office.finance) }
        #expect(try await treasury.fund().received == Fen(100_000_000))
    }

    @Test func `what was booked as received by mistake is taken back, as far as it is there, and may be booked anew`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 1)
        let (door, finance) = (treasury.door, treasury.office.finance)
        func receive(_ yuan: Int64, _ day: String = "2026-06-30", _ reference: String = "IN-2") async throws {
            _ = try await door.perform(
                ReceiveMoney(fund: "XN-2026", amount: Fen(yuan * 100), on: Day(day)!, reference: reference),
                as: finance)
        }
        func reverse(_ reference: String) async throws -> FundView {
            try await door.perform(
                ReverseReceipt(fund: "XN-2026", reference: reference, reason: "多打了一个零"), as: finance)
        }
        let before = try await treasury.fund()
        for round in 1...2 {
            try await receive(1_000_000_000)
            await #expect(throws: Refusal.self) { try await receive(1_000) }
            let after = try await reverse("IN-2")
            #expect(after.received == before.received && after.spent == before.spent, "\(round)")
            #expect(after.available == before.available && after.held == before.held)
            let again = await #expect(throws: Refusal.self) { try await reverse("IN-2") }
            #expect(again?.code == .notFound)
        }
        try await receive(500)
        #expect(try await treasury.fund().received == before.received + Fen(50_000))
        // What an award holds can't be taken from under it.
        let held = await #expect(throws: Refusal.self) { try await reverse("IN-1") }
        #expect(held?.code == .conflict && held?.message.contains("neither held nor spent") == true)
        let early = await #expect(throws: Refusal.self) { try await receive(5, "1900-01-01", "IN-3") }
        #expect(early?.field == "on")
    }

    @Test func `the statement runs to the balance, page by page`() async throws {
        let treasury = try await Treasury.open(cases: 3)
        let run = try await treasury.run(.filed)
        let payments = try await treasury.payments(run)
        _ = try await treasury.entries(
            payments.map { Treasury.entry($0.reference, $0.amount.rawValue, bank: $0.reference) })
        var entries: [FundEntry] = []
        var cursor: String?
        repeat {
            let page = try await treasury.door.answer(
                ShowStatement(fund: "XN-2026", cursor: cursor, limit: 2), as: treasury.office.finance)
            entries += page.items
            cursor = page.next
        } while cursor != nil
        #expect(entries.count == 4)
        #expect(entries.last?.balance == Fen(100_000_000 - 300_000))
        #expect(Set(entries.dropFirst().compactMap(\.reference)) == Set(payments.map(\.reference)))
    }

    @Test(arguments: BooksFormat.allCases)
    func `the books of several funds stand up to programs that we did not write`(format: BooksFormat) async throws {
        let treasury = try await Treasury.open(cases: 2)
        _ = try await treasury.door.perform(Treasury.fund("XN-2"), as: treasury.office.finance)
        let run = try await treasury.run(.filed)
        let payment = try await treasury.payments(run)[0]
        _ = try await treasury.entries([
            Treasury.entry(payment.reference, payment.amount.rawValue),
            Treasury.entry(payment.reference, payment.amount.rawValue, .credit, bank: "B2", returned: "AC04"),
        ])
        let books = try await treasury.door.answer(ExportBooks(format: format), as: treasury.office.finance)
        let tool = format == .hledger ? "/usr/bin/hledger" : "/usr/bin/bean-check"
        guard FileManager.default.isExecutableFile(atPath: tool) else { return }
        let folder = treasury.office.folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: books.fileName)
        try Data(books.text.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = format == .hledger ? ["-f", file.path, "check"] : [file.path]
        process.environment = ["LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}

/// Asks which fund would pay.
struct ChooseFund: SystemCommand {
    typealias Reply = String
    static let name = "test.choose"
    static let summary = Phrase("Chooses a fund for tests.", "试验。")
    let item: String
    let amount: Int64
    var path = "CN.QH.XN"

    func execute(in context: CommandContext) async throws -> String {
        try await Funds.choose(
            programme: "P02", path: path, item: item, amount: Fen(amount), sources: [.ownFunds], day: context.today,
            in: context
        ).code
    }
}
