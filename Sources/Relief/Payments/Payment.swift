import BankFiles
import Contract
import Crypto
import FoundationEssentials
import Postgres
import WorkingDays

/// One payment of an instalment: it belongs to one run, bears one reference for ever, and is paid only when booked.
struct Payment: Sendable {
    let id: UUID
    let reference: String
    let run: UUID
    let runNumber: String
    let fund: UUID
    let instalment: UUID
    let caseID: UUID
    let caseNumber: String
    let payeeAccount: UUID
    let amount: Fen
    let attempt: Int
    /// When its run's file was made: the bank can't have known of it before.
    let releasedAt: Date?
    var state: PaymentState
    let hold: UUID
    var posting: UUID?
    var bankReference: String?
    var reasonCode: String?
    var bookedOn: Day?
    var returnedOn: Day?
    /// The debits under this reference that the bank's books told of.
    var debits = BankDebits()

    static let columns: SQL = """
        p.id, p.reference, p.run, r.number AS run_number, r.fund, p.instalment, p.case_id, c.number AS case_number,
        p.payee_account, p.amount, p.attempt, r.released_at, p.state, p.hold, p.posting, p.bank_reference, p.reason_code, p.booked_on,
        p.returned_on
        FROM relief.payment p JOIN relief.run r ON r.id = p.run JOIN relief.case_file c ON c.id = p.case_id
        """

    init(_ row: Row) throws {
        id = try row["id"]
        reference = try row["reference"]
        run = try row["run"]
        runNumber = try row["run_number"]
        fund = try row["fund"]
        instalment = try row["instalment"]
        caseID = try row["case_id"]
        caseNumber = try row["case_number"]
        payeeAccount = try row["payee_account"]
        amount = try row["amount"]
        attempt = try row["attempt"]
        releasedAt = try row["released_at"]
        state = try row["state"]
        hold = try row["hold"]
        posting = try row["posting"]
        bankReference = try row["bank_reference"]
        reasonCode = try row["reason_code"]
        bookedOn = try row["booked_on"]
        returnedOn = try row["returned_on"]
    }

    /// The payment of a reference, where the asker may see its run; locked.
    static func find(_ reference: String, in context: CommandContext) async throws -> Payment {
        let isSeen = try await context.transaction.exists(
            "SELECT FROM relief.payment p JOIN relief.run r ON r.id = p.run WHERE p.reference = \(reference)")
        guard isSeen else { throw notFound(reference) }
        return try await context.seeingAll {
            try Payment(
                await $0.one("SELECT \(columns) WHERE p.reference = \(reference) FOR NO KEY UPDATE OF p"))
        }
    }

    static func notFound(_ reference: String) -> Refusal {
        .notFound(
            Phrase(
                "There is no payment \(reference); check the reference (relief payment list).",
                "没有付款\(reference)；请核对参考号（relief payment list）。"), field: "payment")
    }

    /// What the bank knows a payment by: it follows from the instalment and how many payments of it ended before, so that
    /// preparing a run again can't make a second reference for the same money.
    static let referenceLength = 35

    static func reference(instalment: UUID, attempt: Int) -> String {
        let digest = SHA256.hash(data: Array("\(instalment.uuidString.lowercased())/\(attempt)".utf8))
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var (text, bits, count) = ([UInt8(ascii: "R")], UInt32(0), 0)
        // 22 bytes fill the 34 characters that are left of 35; more would only run the accumulator over.
        for byte in digest.prefix(22) {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5, text.count < referenceLength {
                count -= 5
                text.append(alphabet[Int(bits >> UInt32(count) & 31)])
            }
            bits &= (1 << UInt32(count)) - 1
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension PaymentState: ParameterEncodable, ColumnDecodable {}
extension RunState: ParameterEncodable, ColumnDecodable {}
extension BankFormat: ParameterEncodable, ColumnDecodable {}
