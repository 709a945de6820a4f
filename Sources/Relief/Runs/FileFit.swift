import BankFiles
import Contract

/// What a file of the bank's can carry of what is due, asked when a run is prepared: a name that the bank's encoding lacks,
/// found at the release, would have wasted three signatures and kept everybody else waiting.
struct FileFit {
    /// What the file carries that carries most, or the one that was asked for.
    let taken: [Payable]
    /// What it doesn't, one sentence each.
    let leftOut: [String]
    /// What is taken but would stop a release in another format.
    let warnings: [Phrase]

    /// `format` nil: any that the fund's bank takes. Throws a refusal for a format that the fund can't be paid in.
    init(_ payables: [Payable], of fund: Fund, format: BankFormat?, in context: CommandContext) throws {
        if format == .pain001, fund.cnaps == nil { throw Self.lacksBankNumber(fund) }
        let formats = BankFormat.allCases.filter { $0 == .batchText || fund.cnaps != nil }
        let transfers = try payables.map { try $0.transfer(in: context) }
        let faults = formats.map { Faults(transfers, in: $0) }
        let chosen = faults.last { $0.format == format } ?? faults.max { $0.carries < $1.carries } ?? faults[0]
        taken = payables.indices.filter { chosen.of[$0] == nil }.map { payables[$0] }
        leftOut = payables.indices.compactMap { place in chosen.of[place].map { "\(payables[place].name): \($0)" } }
        warnings = faults.filter { $0.format != chosen.format }.flatMap { other in
            payables.indices.filter { chosen.of[$0] == nil }.compactMap { place in
                other.of[place].map { Self.warning(payables[place], $0, other.format, chosen.format) }
            }
        }
    }

    /// Why each payment, by its place, can't be in a file of the format.
    struct Faults {
        let format: BankFormat
        let of: [Int: String]
        let carries: Int

        init(_ transfers: [CreditTransfer], in format: BankFormat) {
            var of: [Int: String] = [:]
            for (place, transfer) in transfers.enumerated() {
                if let room = format.room, place - of.count >= room {
                    of[place] = "The bank takes \(room) payments a file: prepare another run for it."
                } else {
                    of[place] = format.fault(of: transfer)
                }
            }
            (self.format, self.of, carries) = (format, of, transfers.count - of.count)
        }
    }

    private static func warning(
        _ payable: Payable, _ fault: String, _ format: BankFormat, _ other: BankFormat
    ) -> Phrase {
        Phrase(
            """
            \(payable.name) can't be paid by \(format): \(fault) Release the run as \(other), or cancel it and prepare it \
            for \(format), which leaves it out.
            """,
            "\(payable.name)不能用\(format)发放：\(fault) 请用\(other)放行本批次，或取消后按\(format)重新编制（不列入这一笔）。")
    }

    static func lacksBankNumber(_ fund: Fund) -> Refusal {
        .conflict(
            "Fund \(fund.code) has no CNAPS number of its bank, which pain.001 asks for: release as batchText.",
            field: "format")
    }
}

extension BankFormat {
    /// Payments that a file has room for; nil: any number.
    fileprivate var room: Int? { self == .batchText ? BatchTextTemplate.common.maximumRows : nil }

    /// Why no file of the format can carry it.
    fileprivate func fault(of transfer: CreditTransfer) -> String? {
        do {
            switch self {
            case .pain001: try CreditTransferFile.check(transfer)
            case .batchText: try BatchTextFile.check(transfer, template: .common)
            }
            return nil
        } catch {
            return (error as? BankFileError)?.words ?? "\(error)"
        }
    }
}
