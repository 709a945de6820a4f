import BankFiles
import Foundation
import Testing
import WorkingDays

/// The simulated bank as a process of its own, a new one for every step: what it must remember lies in its directory.
struct BanksimTests {
    @Test func `an ordinary file is answered first and booked then`() async throws {
        let desk = try Desk()
        try desk.hand("a.xml", Samples.file(3).bytes())
        let output = try await desk.run("run", "--once")
        #expect(output.hasPrefix("took a.xml: 3 payments, 3 booked, 0 returned, 0 refused\nsent "))
        let received = try desk.received()
        #expect(received.map { $0.name.drop { $0 != "-" } } == ["-pain.002.xml", "-camt.054.xml"])
        let statuses = try desk.reports()[0]
        #expect(statuses.header.originalMessageID == "RUN-2026-0001")
        #expect(statuses.transactions.map(\.status) == ["ACSP", "ACSP", "ACSP"])
        let entries = try desk.entries()
        #expect(entries.map(\.endToEndID) == ["P1", "P2", "P3"])
        #expect(entries.map(\.amount) == [105, 205, 305])
        #expect(entries.map(\.bankReference) == statuses.transactions.map(\.bankReference))
        #expect(entries.allSatisfy { $0.bookingDay == Samples.day && $0.direction == .debit && $0.isBooked })
        #expect(FileManager.default.fileExists(atPath: desk.directory + "/accepted/a.xml"))
        #expect(try await desk.run("run", "--once") == "")
        #expect(try desk.received().count == 2)
    }

    @Test func `the bank does its work whole before it ends because nobody reads it`() async throws {
        let desk = try Desk()
        try desk.hand("a.xml", Samples.file(3).bytes())
        #expect(try await desk.runUnread("run", "--once") == 128 + SIGPIPE)
        #expect(try desk.entries().map(\.endToEndID) == ["P1", "P2", "P3"])
        #expect(try await desk.runUnread("run") == 128 + SIGPIPE)
    }

    @Test func `a bank without room for its books or answers ends with 74, and goes on when there is room`()
        async throws
    {
        let desk = try Desk()
        try desk.hand("a.xml", Samples.file(3).bytes())
        #expect(try await desk.runWithoutRoom("run", "--once") == 74)
        #expect(try desk.received().isEmpty)
        for folder in ["", "/.staged"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: desk.directory + folder)
            #expect(!names.contains { $0.hasSuffix(".tmp") }, "\(names)")
        }
        try await desk.run("run", "--once")
        #expect(try desk.entries().map(\.endToEndID) == ["P1", "P2", "P3"])
        #expect(try desk.received().count == 2)
    }

    @Test func `each rule does what it says, over restarts`() async throws {
        let desk = try Desk(
            rules: """
                # the first that fits decides
                account 10001 -> reject AC04
                reference P2 -> return BE01 after 3 days
                reference P3 -> silent
                reference P4 -> late 2
                name 王五 -> partial
                reference P6 -> wrong-amount
                """)
        var payments = (1...7).map { Samples.payment($0) }
        payments[4].creditorName = "王五"
        try desk.hand("a.xml", CreditTransferFile(header: Samples.header, payments: payments).bytes())
        try await desk.run("run", "--once")
        let report = try desk.reports()[0]
        #expect(report.header.groupStatus == "PART")
        #expect(report.transactions.map(\.endToEndID) == ["P1", "P2", "P4", "P6", "P7"])
        #expect(report.transactions.map(\.status) == ["RJCT", "ACSP", "PDNG", "ACSP", "ACSP"])
        #expect(report.transactions[0].reasons == [StatusReason(code: "AC04", text: "账户已销户")])
        #expect(try desk.entries().map(\.endToEndID) == ["P2", "P5", "P6", "P7"])
        #expect(try desk.entries().map(\.amount) == [205, 505, 604, 705])

        try await desk.run("run", "--once", "--date", "2026-09-03")
        #expect(try desk.entries().map(\.endToEndID).last == "P4")
        #expect(try desk.entries().last?.bookingDay == Day("2026-09-03"))

        try await desk.run("run", "--once", "--date", "2026-09-05")
        try await desk.run("run", "--once", "--date", "2026-09-06")
        let back = try #require(try desk.entries().last)
        #expect(try desk.entries().count == 6)
        #expect(back.isReturn && back.endToEndID == "P2" && back.returnReason == "BE01" && back.amount == 205)
        #expect(back.bankReference != report.transactions[1].bankReference)

        #expect(try await desk.run("status").contains("unanswered P3"))
        try await desk.run("answer", "--reference", "P3")
        #expect(try desk.reports().last?.transactions.map(\.endToEndID) == ["P3"])
        #expect(try desk.entries().last?.endToEndID == "P3")
        await #expect(throws: Desk.Failure.self) { try await desk.run("answer", "--reference", "P3") }

        try await desk.run("return", "--reference", "P7", "--reason", "AC06")
        #expect(try desk.entries().last?.returnReason == "AC06")
        await #expect(throws: Desk.Failure.self) { try await desk.run("return", "--reference", "P7") }
        await #expect(throws: Desk.Failure.self) { try await desk.run("return", "--reference", "P1") }
        #expect(try desk.entries().count == 8)
    }

    @Test func `results may be delivered twice, to the byte`() async throws {
        let desk = try Desk(rules: "reference P2 -> twice\nreference P3 -> return AC04")
        try desk.hand("a.xml", Samples.file(3).bytes())
        try await desk.run("run", "--once")
        let received = try desk.received()
        #expect(received.count == 6)
        #expect(received[..<3].map(\.data) == received[3...].map(\.data))
        #expect(Set(received.map(\.name)).count == 6)
        #expect(try desk.entries().map(\.isReturn) == [false, false, false, true, false, false, false, true])
    }

    @Test func `messages and payments are taken once`() async throws {
        let desk = try Desk()
        let bytes = try Samples.file(2).bytes()
        try desk.hand("a.xml", bytes)
        try await desk.run("run", "--once")
        try desk.hand("a.xml", bytes)
        #expect(try await desk.run("run", "--once").contains("refused, DU01"))
        var header = Samples.header
        header.messageID = "RUN-2026-0002"
        let again = [Samples.payment(2), Samples.payment(3)]
        try desk.hand("b.xml", CreditTransferFile(header: header, payments: again).bytes())
        try await desk.run("run", "--once")
        let reports = try desk.reports()
        #expect(reports[1].header.isWholeFileRefused)
        #expect(reports[1].header.groupReasons.map(\.code) == ["DU01"])
        #expect(reports[2].transactions.map(\.status) == ["RJCT", "ACSP"])
        #expect(reports[2].transactions[0].reasons.map(\.code) == ["DU04"])
        #expect(try desk.entries().map(\.endToEndID) == ["P1", "P2", "P3"])
    }

    @Test func `a file with a wrong sum is refused as a whole`() async throws {
        let desk = try Desk()
        let text = String(decoding: try Samples.file(2).bytes(), as: UTF8.self)
        try desk.hand("a.xml", Data(text.replacing("<CtrlSum>3.10", with: "<CtrlSum>3.11").utf8))
        try desk.hand("b.xml", Data("<!DOCTYPE x><Document/>".utf8))
        try desk.hand(".c.xml", Data())
        try desk.hand("d.xml.tmp", Data())
        try await desk.run("run", "--once")
        let reports = try desk.reports()
        #expect(reports.map(\.header.originalMessageID) == ["RUN-2026-0001", "b"])
        #expect(reports.map(\.header.groupReasons[0].code) == ["AM10", "FF01"])
        #expect(reports.allSatisfy { $0.header.isWholeFileRefused && $0.transactions.isEmpty })
        #expect(try desk.entries().isEmpty)
    }

    @Test func `text files are answered line by line`() async throws {
        let desk = try Desk(rules: "account 10001 -> reject AC04\naccount 10003 -> silent\naccount 10004 -> late 1")
        let payments = (1...4).map { Samples.payment($0, name: "张三") }
        try desk.hand("RUN9.txt", BatchTextFile.bytes(payments, template: .common))
        try await desk.run("run", "--once")
        try await desk.run("answer", "--reference", "RUN9-3")
        let answers = try desk.received().filter { $0.name.hasSuffix("-RUN9.result.txt") }
        let results = try answers.map { try BatchTextResult.read($0.data, template: .common) }
        #expect(results[0].map(\.serial) == [1, 2, 4])
        #expect(results[0].map(\.outcome) == [.refused, .credited, .unknown("处理中")])
        #expect(results[0][0].reasonCode == "AC04")
        #expect(results[1].map(\.serial) == [3])
        #expect(try desk.entries().map(\.endToEndID) == ["RUN9-2", "RUN9-3"])
    }

    @Test func `a bank that died between two steps neither loses nor doubles`() async throws {
        let desk = try Desk()
        let files = FileManager.default
        try desk.hand("a.xml", Samples.file(2).bytes())
        try await desk.run("run", "--once")
        // It died after the books were saved: the file is still claimed, the answers still staged.
        let claim = try #require(try desk.state()["taken"] as? String)
        try files.moveItem(atPath: desk.directory + "/accepted/a.xml", toPath: desk.directory + "/.taking/" + claim)
        let names = try desk.received().map(\.name)
        for name in names {
            let path = "\(desk.directory)/from-bank/\(name)"
            try files.moveItem(atPath: path, toPath: "\(desk.directory)/.staged/\(name)")
        }
        #expect(try await desk.run("run", "--once") == names.map { "sent \($0)\n" }.joined())
        #expect(try desk.entries().count == 2)
        #expect(files.fileExists(atPath: desk.directory + "/accepted/a.xml"))
        // It died after claiming, before the books were saved.
        var header = Samples.header
        header.messageID = "RUN-2026-0002"
        let next = try CreditTransferFile(header: header, payments: [Samples.payment(9)]).bytes()
        try next.write(to: URL(fileURLWithPath: desk.directory + "/.taking/00000099-b.xml"))
        try await desk.run("run", "--once")
        #expect(try desk.entries().map(\.endToEndID) == ["P1", "P2", "P9"])
    }

    @Test func `a watching bank sees files as they come, and the demo's day`() async throws {
        let desk = try Desk()
        try Data("2026-09-08\n".utf8).write(to: URL(fileURLWithPath: desk.directory + "/today"))
        let watching = try desk.start("run", "--dir", desk.directory)
        defer { watching.process.terminate() }
        var lines = watching.lines.makeAsyncIterator()
        #expect(await lines.next()?.hasPrefix("watching ") == true)
        try desk.hand("a.xml", Samples.file(1).bytes())
        #expect(await lines.next() == "took a.xml: 1 payments, 1 booked, 0 returned, 0 refused")
        #expect(await lines.next()?.hasSuffix("-pain.002.xml") == true)
        #expect(await lines.next()?.hasSuffix("-camt.054.xml") == true)
        #expect(try desk.entries().map(\.bookingDay) == [Day("2026-09-08")])
        try await desk.run("return", "--reference", "P1", "--date", "2026-09-09")
        var header = Samples.header
        header.messageID = "RUN-2026-0002"
        try desk.hand("b.xml", CreditTransferFile(header: header, payments: [Samples.payment(2)]).bytes())
        #expect(await lines.next() == "took b.xml: 1 payments, 1 booked, 0 returned, 0 refused")
        // The answers are there once it says that they are sent.
        #expect(await lines.next()?.hasSuffix("-pain.002.xml") == true)
        #expect(await lines.next()?.hasSuffix("-camt.054.xml") == true)
        #expect(try desk.entries().map(\.isReturn) == [false, true, false])
    }

    @Test func `a rule that is none is refused with its line`() async throws {
        let desk = try Desk(rules: "any -> book\nany -> lose")
        let failure = await #expect(throws: Desk.Failure.self) { try await desk.run("run", "--once") }
        #expect(failure?.words.contains("rules, line 2") == true)
    }
}
