import Contract
import Relief
import Testing
import WorkingDays

@testable import Relief

/// The rules of identity numbers, credit codes, phones and cards, on numbers published with their standards.
struct IdentityTests {
    /// What a role sees without revealing leaves ten thousand possibilities for somebody who knows the county.
    @Test func `a masked identity number can't be undone`() throws {
        let number = try IdentityNumber("11010519491231002X")
        let shown = number.masked
        #expect(shown.prefix { $0 != "*" } == "1101051949" && shown.count == 18)
        // Every day of the year shown, each number of a day of the sex shown; the check character follows from them.
        let days = Set((0..<366).map { Day(year: 1949, month: 1, day: 1)!.adding(days: $0) }.filter { $0.year == 1949 })
        #expect(days.count * 500 >= 10_000)
        let phone = try PhoneNumber("138 9710-1234").masked
        #expect(phone.count { $0 == "*" } == 4)
        #expect(Mask.identity("11010519491231002") == "110105***********")
    }

    @Test(arguments: [
        ("11010519491231002X", "1949-12-31", false), ("440524188001010014", "1880-01-01", true),
        ("11010519491231002x", "1949-12-31", false), (" 440524 18800101 0014 ", "1880-01-01", true),
    ]) func `a published identity number is read with its birth date and sex`(
        raw: String, birth: String, isMale: Bool
    ) throws {
        let identity = try IdentityNumber(raw)
        #expect(identity.birthDay == Day(birth))
        #expect(identity.isMale == isMale)
    }

    @Test(arguments: [
        "110105194912310021", "11010519491331002X", "1101051949123100", "11010519491231OO2X", "", "１１０１０５",
        "6.30102E+17", "630102197803010000",
    ]) func `a wrong identity number is refused without being quoted`(raw: String) throws {
        let refusal = try #require(throws: Refusal.self) { try IdentityNumber(raw) }
        #expect(refusal.field == "idNumber")
        #expect(raw.isEmpty || !refusal.message.contains(raw))
    }

    @Test func `one mistyped digit, wherever, is found`() throws {
        var made = Synthetic(seed: 11)
        for _ in 0..<20 {
            let right = Array(made.idNumber())
            _ = try IdentityNumber(String(right))
            for place in 0..<17 {
                var wrong = right
                wrong[place] = wrong[place] == "9" ? "0" : Character(String((wrong[place].wholeNumberValue ?? 0) + 1))
                #expect(throws: Refusal.self) { try IdentityNumber(String(wrong)) }
            }
        }
    }

    @Test func `fifteen digits become eighteen, so that old and new papers meet`() throws {
        let old = try IdentityNumber("110105491231002")
        #expect(old == (try IdentityNumber("11010519491231002X")))
    }

    @Test func `masks leave three first and four last characters, of an account the four last`() throws {
        #expect(try IdentityNumber("11010519491231002X").masked == "1101051949********")
        #expect(try PhoneNumber("138 9710-1234").masked == "138****1234")
        #expect(Mask.account("6227007200120897790") == "***************7790")
        #expect(Mask.account("123") == "***")
    }

    @Test(arguments: [
        ("91350100M000100Y43", true), ("91110000101623741K", true), ("911101066976941872", true),
        ("91350211M0000XUF46", false),
    ]) func `a credit code in use whose check character fails only warns`(code: String, isRight: Bool) throws {
        #expect(try CreditCode(code).hasRightCheckCharacter == isRight)
        #expect(try CreditCode(code).warnings.isEmpty == isRight)
    }

    @Test(arguments: ["91350100M000100Y4", "9135O100M000100Y43", "91350100I000100Y43"])
    func `what can be no credit code is refused`(code: String) {
        #expect(throws: Refusal.self) { try CreditCode(code) }
    }

    @Test func `a card with a wrong check digit warns, a passbook without one does not`() throws {
        #expect(try AccountNumber("6227 0072 0012 0897 790", kind: .card).doubts.isEmpty)
        #expect(try AccountNumber("6227007200120897791", kind: .card).doubts == [.checkDigit])
        #expect(try AccountNumber("6227007200120897791", kind: .passbook).doubts.isEmpty)
        #expect(throws: Refusal.self) { try AccountNumber("62270072O0120897790", kind: .card) }
    }

    @Test func `made-up people have right numbers`() throws {
        var made = Synthetic(seed: 3)
        for _ in 0..<200 {
            _ = try IdentityNumber(made.idNumber())
            _ = try PhoneNumber(made.phone())
            #expect(try CreditCode(made.uscc()).hasRightCheckCharacter)
            #expect(try AccountNumber(made.card(), kind: .card).doubts.isEmpty)
        }
    }

    @Test func `a reason that goes into the log holds no name and no long number`() throws {
        #expect(try PublicReason.checked(" 核对身份，第 12 号来信 ") == "核对身份，第 12 号来信")
        #expect(throws: Refusal.self) { try PublicReason.checked("  ") }
        #expect(throws: Refusal.self) { try PublicReason.checked("ring 138-9710 1234") }
    }
}
