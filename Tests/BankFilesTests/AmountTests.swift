import Testing

@testable import BankFiles

struct AmountTests {
    @Test(
        arguments: [
            (140_950, "人民币壹仟肆佰零玖元伍角"), (600_714, "人民币陆仟零柒元壹角肆分"),
            (10_700_053, "人民币壹拾万柒仟元伍角叁分"), (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
            (32_504, "人民币叁佰贰拾伍元零肆分"), (0, "人民币零元整"), (5, "人民币伍分"), (50, "人民币伍角"),
            (100, "人民币壹元整"), (1_000, "人民币壹拾元整"), (51_400_000, "人民币伍拾壹万肆仟元整"),
            (1_000_010_000, "人民币壹仟万零壹佰元整"), (10_000_000_000, "人民币壹亿元整"),
            (10_500_000_000, "人民币壹亿零伍佰万元整"), (100_000_000_000_001, "人民币壹万亿元零壹分"),
            (-140_950, "负人民币壹仟肆佰零玖元伍角"),
            (999_999_999_999_999_999, "人民币玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ] as [(Int64, String)])
    func `amounts in capital words follow the annex`(fen: Int64, words: String) {
        #expect(uppercaseAmount(fen: fen) == words)
    }

    @Test(
        arguments: [
            ("0", 0), ("1409", 140_900), ("1409.5", 140_950), ("0.07", 7), ("0012.30", 1_230), ("1.500", 150),
            ("6000.00000", 600_000),
        ]
            as [(String, Int64)])
    func `an exact amount is read`(text: String, fen: Int64) {
        #expect(CNYAmount.fen(text) == fen)
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "1.234", "1.505", "6000.000000", "-1", "+1", " 1", "1 ", "1e3", "1,000", "１", "0x1",
        "9999999999999999.999",
        "10000000000000000", "NaN", "1..2",
    ])
    func `anything else is no amount`(text: String) {
        #expect(CNYAmount.fen(text) == nil)
    }

    @Test(arguments: [0, 1, 10, 99, 100, 140_950, 999_999_999_999_999_999] as [Int64])
    func `amounts survive being written`(fen: Int64) {
        #expect(CNYAmount.fen(CNYAmount.text(fen: fen)) == fen)
    }

    @Test(arguments: [
        ("6225881414207430", true), ("6227007200120897790", true), ("6225881414207431", false),
        ("622588141420743", false), ("62258814142074300000", false), ("6225 8814 1420 7430", false), ("", false),
    ])
    func `card numbers carry a check digit`(number: String, isValid: Bool) {
        #expect(CardNumber.hasValidCheckDigit(number) == isValid)
    }

    @Test func `unknown reasons are kept and have no meaning`() {
        #expect(ReasonCode(rawValue: "ZZ99").meaning == nil)
        #expect(ReasonCode("AC04").meaning?.retryIsPointless == true)
        #expect(ReasonCode("AM04").meaning?.retryIsPointless == false)
        #expect(PaymentStatus("ACSC").standing == .underway)
        #expect(PaymentStatus("ACCC").standing == .credited)
        #expect(PaymentStatus("PART").standing == .unknown)
        #expect(PaymentStatus("XXXX").standing == .unknown)
    }
}
