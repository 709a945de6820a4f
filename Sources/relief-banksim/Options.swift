import ArgumentParser
import BankFiles
import Foundation
import Output
import WorkingDays

/// What every verb of the simulated bank is told.
struct Options: ParsableArguments {
    @Option(help: "The exchange directory.")
    var dir: String

    @Option(help: "Booking date, as 2026-11-22. Default: the file DIR/today where there is one, else today in China.")
    var date: String?

    @Option(help: "Rules of behaviour. Default: the file DIR/rules where there is one; without rules all is booked.")
    var rules: String?

    @Option(help: "Makes the choice of shared rules and the bank's references another one.")
    var seed: UInt64 = 1

    @Option(help: "The paying account of 代发 files, which carry none.")
    var account: String = "1000000000000001"

    @Option(help: "A 代发 template in JSON. Default: 序号|户名|账号|金额|备注 in GBK.")
    var template: String?

    func validate() throws {
        if let date, Day(written: date) == nil {
            throw ValidationError("--date: “\(date)” is no day; write it as 2026-11-22.")
        }
    }

    /// Does one piece of the bank's work under its lock, and prints what it did, a line each.
    func withBank<Value>(_ body: (inout Bank) throws -> Value) throws -> Value {
        let exchange = try Exchange(directory: dir)
        return try exchange.locked {
            var bank = Bank(
                exchange: exchange, state: try exchange.loadState(), rules: try readRules(), today: try day(),
                seed: seed, account: account, template: try readTemplate())
            try bank.recover()
            return try body(&bank)
        }
    }

    private func day() throws -> Day {
        if let date, let day = Day(written: date) { return day }
        let path = dir + "/today"
        guard FileManager.default.fileExists(atPath: path) else { return Day(Date()) }
        let text = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let day = Day(text) else { throw ValidationError("\(path): “\(text)” is no day.") }
        return day
    }

    private func readRules() throws -> RuleBook {
        let standard = dir + "/rules"
        guard let path = rules ?? (FileManager.default.fileExists(atPath: standard) ? standard : nil) else {
            return RuleBook(rules: [])
        }
        return try RuleBook(text: String(contentsOfFile: path, encoding: .utf8))
    }

    private func readTemplate() throws -> BatchTextTemplate {
        guard let template else { return .common }
        let data = try Data(contentsOf: URL(fileURLWithPath: template))
        return try JSONDecoder().decode(BatchTextTemplate.self, from: data)
    }
}
