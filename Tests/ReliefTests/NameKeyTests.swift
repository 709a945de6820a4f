import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing

/// K4: one form in which names are compared and searched, in the database, so that laws and searches can't differ.
@Suite(.database)
struct NameKeyTests {
    private static let dots = ["·", "•", "‧", "・", "･", "⋅"]

    private func keys(_ names: [String]) async throws -> [String] {
        try await Database.current.appPool.transaction {
            try await $0.query(
                """
                SELECT relief.name_key(told.name) AS key FROM unnest(\(names)) WITH ORDINALITY AS told (name, place)
                ORDER BY told.place
                """
            ).map { try $0["key"] }
        }
    }

    @Test func `one name, however it is typed, has one key; two names have two`() async throws {
        let groups = [
            ["祁斌", "祁　斌", "祁 斌", " 祁\u{A0}斌", "祁\u{202D}斌", "祁斌\u{FE00}"],
            Self.dots.map { "阿依古丽\($0)买买提" } + [
                "阿依古丽.买买提", "阿依古丽 · 买买提", "阿依古丽．买买提", "阿依古丽\u{2219}买买提", "阿依古丽\u{387}买买提",
            ],
            ["金秀英", "\u{F90A}秀英"], ["女王", "\u{2F25}王"], ["John Smith", "ＪＯＨＮ\u{3000} smith"], ["祁彬"], ["阿依古丽买买提"],
        ]
        var seen: Set<String> = []
        for group in groups {
            let keys = Set(try await keys(group))
            #expect(keys.count == 1, "\(group)")
            #expect(seen.isDisjoint(with: keys))
            seen.formUnion(keys)
        }
    }

    @Test func `the key of a key is the key`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("name keys, seed \(seed)")
        var made = Synthetic(seed: seed)
        let pieces = [
            "祁", "斌", "马", " ", "\u{3000}", "\u{A0}", ".", "·", "・", "\u{2024}", "\u{2026}", "A", "z", "H", "Ｈ",
            "\u{331}",
            "\u{301}", "e", "\u{200D}", "\u{FE0F}", "\u{F90A}", "\u{2F25}", "㎏", "ﬁ", "\u{A8}", "İ", "Σ", "가",
            "\u{1100}",
            "\u{1161}", "𠅤", "\u{B4}", "\u{3164}", "ｶ", "ﾞ", "\u{85}", "\t", "½", "™", "\u{E863}",
        ]
        let names = (0..<3_000).map { _ in
            (0...made.next(9)).map { _ in pieces[made.next(pieces.count)] }.joined()
                + (made.next(3) == 0 ? String(Unicode.Scalar(0xA0 + UInt32(made.next(0xD700))) ?? "x") : "")
        }
        let once = try await keys(names)
        let twice = try await keys(once)
        for (place, key) in once.enumerated() where !key.utf8.elementsEqual(twice[place].utf8) {
            Issue.record("\(names[place].unicodeScalars.map { String($0.value, radix: 16) }) isn't settled")
        }
    }

    @Test func `searching finds each of six dots and each blank, whichever was typed`() async throws {
        let desk = try await Desk.open()
        var made = Synthetic(seed: 5)
        let people = try await (Self.dots.map { "阿依古丽\($0)买买提" } + ["祁　斌"]).asyncMap {
            try await desk.door.perform(
                RegisterPerson(name: $0, idNumber: made.idNumber(), organisation: "XN"), as: desk.office.worker)
        }
        for dot in Self.dots {
            let found = try await desk.door.answer(ListPersons(name: "阿依古丽\(dot)买"), as: desk.office.worker)
            #expect(found.items.count == 6, "\(dot)")
        }
        #expect(
            try await desk.door.answer(ListPersons(name: "祁斌"), as: desk.office.worker).items.map(\.name) == ["祁　斌"])
        #expect(try await desk.door.answer(ListPersons(name: "祁 斌"), as: desk.office.worker).items.count == 1)
        let file = try await desk.door.perform(
            OpenCase(programme: "P04", organisation: "XN", person: people[6].number, facts: [:]), as: desk.office.worker
        )
        for search in ["祁斌", "祁　斌", "祁\u{2002}斌"] {
            let found = try await desk.door.answer(ListCases(search: search), as: desk.office.worker)
            #expect(found.items.map(\.number) == [file.number], "\(search)")
        }
    }

    @Test func `an account in one's own name is one's own, however the name is typed; past the program too`()
        async throws
    {
        let desk = try await Desk.open()
        var made = Synthetic(seed: 6)
        for (name, holder) in [("祁　斌", "祁斌"), ("祁斌", "祁 斌"), ("阿依古丽·买买提", "阿依古丽•买买提"), ("阿依古丽⋅买买提", "阿依古丽.买买提")] {
            let person = try await desk.door.perform(
                RegisterPerson(name: name, idNumber: made.idNumber(), organisation: "XN"), as: desk.office.worker)
            let account = try await desk.door.perform(
                RegisterAccount(owner: person.number, holder: holder, bank: "某银行", number: made.card(), kind: .card),
                as: desk.office.worker)
            #expect(account.state == .active && account.warnings.isEmpty && account.holder == holder)
        }
        // What a law compares is the same form, and a name in two spellings can't be kept.
        let law = await desk.law {
            try await $0.execute("UPDATE relief.person SET name = '\u{F90A}' WHERE number = 'XN-P000001'")
        }
        #expect(law == "person_name_check")
    }

    @Test func `a reason that names somebody is refused, however it writes the name`() async throws {
        let desk = try await Desk.open()
        var made = Synthetic(seed: 7)
        let person = try await desk.door.perform(
            RegisterPerson(name: "阿依古丽·买买提", idNumber: made.idNumber(), organisation: "XN"), as: desk.office.worker)
        let file = try await desk.door.perform(
            OpenCase(programme: "P04", organisation: "XN", person: person.number, facts: [:]), as: desk.office.worker)
        for reason in ["阿依古丽•买买提要求", "阿依古丽 ・ 买买提要求"] {
            let erase = try await desk.refusal {
                try await desk.door.perform(
                    CorrectPerson(person: person.number, name: nil, phone: "13897101234", reason: reason),
                    as: desk.office.worker)
            }
            #expect(erase.message.contains("leave out names"))
            let withdraw = try await desk.refusal {
                try await desk.door.perform(WithdrawCase(case: file.number, reason: reason), as: desk.office.worker)
            }
            #expect(withdraw.message.contains("leave out names"))
        }
    }

    @Test func `names are checked at every door that they come through`() async throws {
        let office = try await Office.open()
        var made = Synthetic(seed: 8)
        let bad = "祁\u{202D}斌"
        let person = try await office.door.perform(
            RegisterPerson(name: "祁斌", idNumber: made.idNumber(), organisation: "XN"), as: office.worker)
        let desk = Desk(office: office)
        var refusals: [Refusal] = []
        refusals.append(
            try await desk.refusal {
                try await office.door.perform(
                    CorrectPerson(person: person.number, name: bad, reason: "笔误"), as: office.worker)
            })
        refusals.append(
            try await desk.refusal {
                try await office.door.perform(
                    RegisterAccount(owner: person.number, holder: bad, bank: "某银行", number: "111111", kind: .passbook),
                    as: office.worker)
            })
        refusals.append(
            try await desk.refusal {
                try await office.door.perform(
                    RegisterEmployer(uscc: made.uscc(), name: bad, kind: .private, union: "CD_01"), as: office.worker)
            })
        refusals.append(
            try await desk.refusal {
                try await office.door.perform(CreateUser(login: "qi", name: bad), as: office.admin)
            })
        refusals.append(
            try await desk.refusal {
                try await office.door.perform(
                    CreateOrganisation(code: "XX", name: bad, level: .county, line: .territory, parent: "XN"),
                    as: office.admin)
            })
        refusals.append(
            try await desk.refusal {
                var fund = Treasury.fund()
                fund = CreateFund(
                    code: fund.code, name: bad, organisation: "XN", source: .ownFunds, year: 2026, items: fund.items,
                    bank: fund.bank, accountNumber: fund.accountNumber, accountHolder: fund.accountHolder)
                return try await office.door.perform(fund, as: office.finance)
            })
        #expect(refusals.allSatisfy { $0.message.contains("U+202D LEFT-TO-RIGHT OVERRIDE") }, "\(refusals)")
        let list = "户号,姓名,身份证号,手机,关系\n1,\(bad),\(made.idNumber()),,户主\n"
        let report = try await office.door.perform(
            ImportHouseholds(organisation: "XN", csv: list, mode: .all), as: office.worker)
        #expect(report.fates == [.refused] && report.problems[0].column == "姓名")
        #expect(report.problems[0].problem.en.contains("U+202D"))
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
