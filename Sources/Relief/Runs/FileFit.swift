import BankFiles
import Contract

/// What a file of the bank's can carry of what is due, asked when a run is prepared: a name that the bank's encoding lacks,
/// found at the release, would have wasted three signatures and kept everybody else waiting.
struct FileFit {
    /// What the file carries that was asked for, or the one that carries most.
    let taken: [Payable]
    /// What it doesn't, one sentence each.
    let leftOut: [Phrase]
    /// What is taken but would stop a release in another format.
    let warnings: [Phrase]

    /// `format` nil: any that the fund's bank takes. Throws a refusal for a format that the fund can't be paid in.
    init(_ payables: [Payable], of fund: Fund, format: BankFormat?, in context: CommandContext) throws {
        if format == .pain001, fund.cnaps == nil { throw Self.lacksBankNumber(fund) }
        let formats = format.map { [$0] } ?? BankFormat.allCases.filter { $0 == .batchText || fund.cnaps != nil }
        let transfers = try payables.map { try $0.transfer(in: context) }
        let faults = formats.map { Faults(transfers, in: $0) }
        let chosen = faults.max { $0.carries < $1.carries } ?? Faults(transfers, in: .batchText)
        let carried = payables.indices.filter { chosen.of[$0] == nil }
        taken = carried.map { payables[$0] }
        leftOut = payables.indices.compactMap { place in
            chosen.of[place].map { Phrase("\(payables[place].name): \($0.en)", "\(payables[place].name)：\($0.zh)") }
        }
        warnings = faults.filter { $0.format != chosen.format }.flatMap { other in
            carried.compactMap { place in
                other.of[place].map { Self.warning(payables[place], $0, other.format, chosen.format) }
            }
        }
    }

    /// Why each payment, by its place, can't be in a file of the format.
    struct Faults {
        let format: BankFormat
        let of: [Int: Phrase]
        let carries: Int

        init(_ transfers: [CreditTransfer], in format: BankFormat) {
            var of: [Int: Phrase] = [:]
            for (place, transfer) in transfers.enumerated() {
                if let room = format.room, place - of.count >= room {
                    of[place] = Phrase(
                        "The bank takes \(room) payments a file: prepare another run for it.",
                        "银行每个文件最多 \(room) 笔：请另行编制批次。")
                } else {
                    of[place] = format.fault(of: transfer)
                }
            }
            (self.format, self.of, carries) = (format, of, transfers.count - of.count)
        }
    }

    private static func warning(
        _ payable: Payable, _ fault: Phrase, _ format: BankFormat, _ other: BankFormat
    ) -> Phrase {
        Phrase(
            """
            \(payable.name) can't be paid by \(format): \(fault.en) Release the run as \(other), or cancel it and prepare it \
            for \(format), which leaves it out.
            """,
            "\(payable.name)不能用\(format)发放：\(fault.zh)请用\(other)放行本批次，或取消后按\(format)重新编制（不列入这一笔）。")
    }

    static func lacksBankNumber(_ fund: Fund) -> Refusal {
        .conflict(
            Phrase(
                "Fund \(fund.code) has no CNAPS number of its bank, which pain.001 asks for: take batchText.",
                "资金\(fund.code)未登记开户行联行号，pain.001 文件需要它：请用 batchText。"), field: "format")
    }
}

extension BankFormat {
    /// Payments that a file has room for; nil: any number.
    fileprivate var room: Int? { self == .batchText ? BatchTextTemplate.common.maximumRows : nil }

    /// Why no file of the format can carry it.
    fileprivate func fault(of transfer: CreditTransfer) -> Phrase? {
        do {
            switch self {
            case .pain001: try CreditTransferFile.check(transfer)
            case .batchText: try BatchTextFile.check(transfer, template: .common)
            }
            return nil
        } catch {
            let words = (error as? BankFileError)?.words ?? "\(error)"
            return Phrase(words, "银行文件写不下这一笔（\(words)）。")
        }
    }
}
