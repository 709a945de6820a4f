package import WorkingDays

/// Where a fund's money comes from.
package enum FundSource: String, Codable, CaseIterable, Sendable {
    case central
    case localFiscal
    case upperUnion
    case ownFunds
    case donation
    case interest
}

extension FundSource: Choice {
    package var title: Phrase {
        switch self {
        case .central: Phrase("central", "中央财政")
        case .localFiscal: Phrase("local fiscal", "地方财政")
        case .upperUnion: Phrase("upper union", "上级工会")
        case .ownFunds: Phrase("own funds", "本级经费")
        case .donation: Phrase("donation", "社会捐赠")
        case .interest: Phrase("interest", "利息")
        }
    }
}

/// Plain-text accounting format.
package enum BooksFormat: String, Codable, CaseIterable, Sendable {
    case hledger
    case beancount
}

extension BooksFormat: Choice {
    package var title: Phrase { Phrase(rawValue, rawValue) }
}

package struct CreateFund: Command {
    package typealias Reply = FundView
    package static let name = "fund.create"
    package static let summary = Phrase("Opens a fund with what it may be spent on.", "设立一笔资金，并写明可用于哪些支出。")
    package static let permission = Permission.createFunds
    package static let route = Route.post("/v1/funds")
    package static let fields = [
        "source": FieldNote("Where the money comes from.", "资金来源。"),
        "donorIntent": FieldNote("What the donor gave it for.", "捐赠人的意愿。"),
        "items": FieldNote(
            "item:from:source or item:from:to:source; repeat for more.",
            "“支出项目:起:依据”或“支出项目:起:止:依据”；可重复。", name: "item"),
        "serves": FieldNote(
            "Programme code; any whose item is allowed, where not given. Repeat for more.",
            "项目代码；不写则为支出项目相符的所有项目。可重复。", name: "programme"),
    ]

    package let code: String
    package let name: String
    package let organisation: String
    package let source: FundSource
    package let year: Int
    package let donorIntent: String?
    package let items: [FundItem]
    package let bank: String
    package let accountNumber: String
    package let accountHolder: String
    package let cnaps: String?
    package let serves: [String]?

    package init(
        code: String, name: String, organisation: String, source: FundSource, year: Int, donorIntent: String? = nil,
        items: [FundItem], bank: String, accountNumber: String, accountHolder: String, cnaps: String? = nil,
        serves: [String]? = nil
    ) {
        self.code = code
        self.name = name
        self.organisation = organisation
        self.source = source
        self.year = year
        self.donorIntent = donorIntent
        self.items = items
        self.bank = bank
        self.accountNumber = accountNumber
        self.accountHolder = accountHolder
        self.cnaps = cnaps
        self.serves = serves
    }
}

package struct ReceiveMoney: Command {
    package typealias Reply = FundView
    package static let name = "fund.receive"
    package static let summary = Phrase("Books money that arrived.", "登记到账款项。")
    package static let permission = Permission.manageFunds
    package static let route = Route.post("/v1/funds/{fund}/receive")
    package static let fields = [
        "reference": FieldNote("Of the bank's entry; unique in the fund.", "银行入账的参考号，在该资金内唯一。"),
        "on": FieldNote("The day of the bank's books.", "银行记账日期。"),
    ]

    package let fund: String
    package let amount: Fen
    package let on: Day
    package let reference: String
    package let note: String?

    package init(fund: String, amount: Fen, on: Day, reference: String, note: String? = nil) {
        self.fund = fund
        self.amount = amount
        self.on = on
        self.reference = reference
        self.note = note
    }
}

/// Takes back, by an opposite entry, what was booked as received by mistake and is neither held nor spent. The reference may
/// be booked anew.
package struct ReverseReceipt: Command {
    package typealias Reply = FundView
    package static let name = "fund.reverse"
    package static let summary = Phrase("Takes back money that was booked as received by mistake.", "冲回误登记的到账款项。")
    package static let permission = Permission.manageFunds
    package static let route = Route.post("/v1/funds/{fund}/reverse")
    package static let fields = [
        "reference": FieldNote("Of the entry that was a mistake.", "误记的那笔的参考号。")
    ]

    package let fund: String
    package let reference: String
    package let reason: String

    package init(fund: String, reference: String, reason: String) {
        self.fund = fund
        self.reference = reference
        self.reason = reason
    }
}

package struct AllowItem: Command {
    package typealias Reply = FundView
    package static let name = "fund.allow"
    package static let summary = Phrase("Allows a fund to be spent on an item over a time.", "允许资金在一段时间内用于某项支出。")
    package static let permission = Permission.manageFunds
    package static let route = Route.post("/v1/funds/{fund}/allow")

    package let fund: String
    package let item: String
    package let from: Day
    package let to: Day?
    package let source: String

    package init(fund: String, item: String, from: Day, to: Day? = nil, source: String) {
        self.fund = fund
        self.item = item
        self.from = from
        self.to = to
        self.source = source
    }
}

package struct ListFunds: Query {
    package typealias Reply = Page<FundView>
    package static let name = "fund.list"
    package static let summary = Phrase("Lists funds with their figures.", "列出资金及其余额。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/funds")

    package let organisation: String?
    package let year: Int?

    package init(organisation: String? = nil, year: Int? = nil) {
        self.organisation = organisation
        self.year = year
    }
}

package struct ShowFund: Query {
    package typealias Reply = FundView
    package static let name = "fund.show"
    package static let summary = Phrase("Shows a fund, its items and figures.", "查看一笔资金的支出项目和余额。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/funds/{fund}")

    package let fund: String

    package init(fund: String) {
        self.fund = fund
    }
}

package struct ShowStatement: Query {
    package typealias Reply = Page<FundEntry>
    package static let name = "fund.statement"
    package static let summary = Phrase("Lists a fund's entries with the running balance.", "列出资金的流水和逐笔余额。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/funds/{fund}/statement")

    package let fund: String
    package let from: Day?
    package let to: Day?
    package let cursor: String?
    package let limit: Int?

    package init(fund: String, from: Day? = nil, to: Day? = nil, cursor: String? = nil, limit: Int? = nil) {
        self.fund = fund
        self.from = from
        self.to = to
        self.cursor = cursor
        self.limit = limit
    }
}

package struct ExportBooks: Query {
    package typealias Reply = Document
    package static let name = "fund.export"
    package static let summary = Phrase("Writes the books for hledger or beancount.", "导出账簿，供 hledger 或 beancount 使用。")
    package static let permission = Permission.read
    package static let route = Route.get("/v1/books")

    package let fund: String?
    package let format: BooksFormat

    package init(fund: String? = nil, format: BooksFormat) {
        self.fund = fund
        self.format = format
    }
}

/// What a fund may be spent on, over a time.
package struct FundItem: Codable, Sendable {
    package var item: String
    package var from: Day
    package var to: Day?
    /// The document that allows it.
    package var source: String

    package init(item: String, from: Day, to: Day? = nil, source: String) {
        self.item = item
        self.from = from
        self.to = to
        self.source = source
    }
}

/// A fund and its figures.
package struct FundView: Codable, Sendable {
    package var code: String
    package var name: String
    package var organisation: String
    package var source: FundSource
    package var year: Int
    package var donorIntent: String?
    package var items: [FundItem]
    package var serves: [String]?
    package var bank: String
    /// Masked but for the last four digits.
    package var accountNumber: String
    package var accountHolder: String
    package var cnaps: String?
    package var received: Fen
    package var spent: Fen
    /// Set aside for runs that are under way.
    package var held: Fen
    /// received − spent − held.
    package var available: Fen

    package init(
        code: String, name: String, organisation: String, source: FundSource, year: Int, donorIntent: String? = nil,
        items: [FundItem], serves: [String]? = nil, bank: String, accountNumber: String, accountHolder: String,
        cnaps: String? = nil, received: Fen, spent: Fen, held: Fen, available: Fen
    ) {
        self.code = code
        self.name = name
        self.organisation = organisation
        self.source = source
        self.year = year
        self.donorIntent = donorIntent
        self.items = items
        self.serves = serves
        self.bank = bank
        self.accountNumber = accountNumber
        self.accountHolder = accountHolder
        self.cnaps = cnaps
        self.received = received
        self.spent = spent
        self.held = held
        self.available = available
    }
}

/// An entry of a fund's statement.
package struct FundEntry: Codable, Sendable {
    package var day: Day
    package var text: String
    package var item: String?
    package var debit: Fen
    package var credit: Fen
    package var balance: Fen
    package var reference: String?
    /// Its number in the ledger.
    package var transfer: Int64

    package init(
        day: Day, text: String, item: String? = nil, debit: Fen, credit: Fen, balance: Fen, reference: String? = nil,
        transfer: Int64
    ) {
        self.day = day
        self.text = text
        self.item = item
        self.debit = debit
        self.credit = credit
        self.balance = balance
        self.reference = reference
        self.transfer = transfer
    }
}

/// A text file made by the daemon.
package struct Document: Codable, Sendable {
    package var fileName: String
    package var mediaType: String
    package var text: String

    package init(fileName: String, mediaType: String, text: String) {
        self.fileName = fileName
        self.mediaType = mediaType
        self.text = text
    }
}
