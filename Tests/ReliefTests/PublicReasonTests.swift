import Contract
import Foundation
@testable import Relief
import Support
import Testing
import WorkingDays

/// G14: a reason that the log keeps for ever names nobody whom its cases are about.
@Suite(.database)
struct PublicReasonTests {
    private func refused(_ desk: Desk, _ command: some Executable, as principal: Principal) async throws {
        let refusal = try await desk.refusal { try await desk.door.perform(command, as: principal) }
        #expect(refusal.code == .invalid && refusal.message.contains("leave out names"), "\(type(of: command))")
    }

    /// An identity number with dots or blanks in a reason would stand in the public log for ever.
    @Test(arguments: [
        "11010519491231002X", "110105.19491231.002X", "1101 0519 4912 3100 2X", "110105－19491231－002X",
        "１１０１０５１９４９１２３１００２Ｘ", "一一〇一〇五一九四九一二三一零零二X", "本人(110105 1949-12-31 002x)来电",
        "1.1.0.1.0.5.1.9.4.9.1.2.3.1.0.0.2.X",
        "138.9710.1234", "一三八九七一〇一二三四", "存折一二三四五六七八九", "12 34 2026-09-11 56", "123-2026-09-11-45", "电话 138 9710-1234",
        "6225 8814.1420 7430",
    ])
    func `a personal number in disguise is refused`(text: String) {
        #expect(throws: Refusal.self) { try PublicReason.checked("核对：\(text)") }
    }

    @Test(arguments: [
        "2026.9.10 15:00 来电，应为 6000.00 元", "青工发〔2026〕9号", "2026-09-10、2026-09-11 两日", "2026-09-11三户", "银行函 12 号，第 3 页",
        "三户九人，一、二两项", "80,000.00 元 / 12 个月", "2026 年 9 月 10 日 13 时 900 元",
    ])
    func `days, times and amounts are no personal numbers`(text: String) throws {
        #expect(try PublicReason.checked(text) == text)
    }

    @Test func `G14: what is done to an award, a run, a payment or a bank's line names no payee and no member`()
        async throws
    {
        let treasury = try await Treasury.open(cases: 1)
        let (office, desk, number) = (treasury.office, Desk(office: treasury.office), treasury.cases[0])
        let spouse = try await desk.person(7)
        _ = try await desk.door.perform(
            JoinHousehold(household: "XN-H000001", person: spouse.number, relation: "spouse", on: office.today),
            as: office.worker)
        for name in ["马秀英", spouse.name] {
            try await refused(desk, SuspendCase(case: number, reason: "\(name)来电"), as: office.worker)
            try await refused(desk, StopAward(case: number, reason: "已故：\(name)"), as: office.worker)
        }
        let first = try await treasury.run(.prepared)
        try await refused(desk, CancelRun(run: first.number, reason: "马秀英换卡"), as: office.finance)
        _ = try await desk.door.perform(CancelRun(run: first.number, reason: "换卡"), as: office.finance)
        let payment = try await treasury.payments(treasury.run(.filed))[0].reference
        try await treasury.sabotage("UPDATE relief.payment SET state = 'unknown' WHERE state = 'sent'")
        let disprove = DisprovePayment(payment: payment, proof: "银行函：马秀英")
        try await refused(desk, disprove, as: office.financeApprover)
        _ = try await desk.door.perform(
            DisprovePayment(payment: payment, proof: "银行函"), as: office.financeApprover)
        try await refused(desk, ReissuePayment(payment: payment, reason: "马秀英换卡"), as: office.finance)
        _ = try await treasury.entries([Treasury.entry(payment, 100_000, account: "999999")])
        let line = try #require(
            try await desk.door.answer(ListBankLines(), as: office.financeApprover).items.first
        ).line
        try await refused(desk, SettleBankLine(line: line, reason: "马秀英"), as: office.financeApprover)
        _ = try await desk.door.perform(SettleBankLine(line: line, reason: "银行函"), as: office.financeApprover)
    }

    @Test func `G14: what is done to a case or a notice names nobody of its cases`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(1)
        let number = try await desk.reviewed(home.child)
        let notice = try await desk.door.perform(
            PublishNotice(programme: "P04", organisation: "XN"), as: desk.office.worker)
        let withdraw = WithdrawNotice(notice: notice.number, reason: "\(home.child.name)有误")
        try await refused(desk, withdraw, as: desk.office.worker)
        try await refused(desk, WithdrawCase(case: number, reason: "\(home.child.name)要求"), as: desk.office.worker)
        _ = try await desk.door.perform(WithdrawCase(case: number, reason: "本人要求"), as: desk.office.worker)
    }
}
