import ArgumentParser
import Client
import Contract
import Foundation
import Output
import Terminal
import WorkingDays

/// Copies the transparency log as files (C2SP tlog-tiles), for programs that verify it without relief.
struct AuditExport: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "export",
            abstract: Phrase(
                "Copies the signed log to a folder, as tlog-tiles that other programs can verify.",
                "把签名日志复制到目录，供其他程序验证（tlog-tiles）。"
            ).shown)
    }
    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("Folder to write to.", "写入哪个目录。", valueName: "dir")) var to: String

    mutating func run() async throws {
        try await Refusals.shown { try await export(with: try common.client()) }
    }

    private func export(with client: ReliefClient) async throws {
        let checkpoint = try await client.get("/log/checkpoint")
        let lines = String(decoding: checkpoint, as: UTF8.self).split(separator: "\n")
        guard lines.count >= 3, let size = UInt64(digits: lines[1]) else {
            throw Refusal(
                .internal,
                Phrase(
                    "The checkpoint that reliefd sent is none.",
                    "reliefd 发来的检查点无法识别。"))
        }
        var paths = Self.tiles(of: size, level: "entries")
        var (level, count) = (0, size)
        while count > 0 {
            paths += Self.tiles(of: count, level: String(level))
            (level, count) = (level + 1, count >> 8)
        }
        for path in paths {
            let data = try await client.get("/log/" + path.joined(separator: "/"))
            _ = try Files.write(data, at: path, in: to)
        }
        // Last, so that what it signs is there when it is.
        try Standard.output(try Files.write(checkpoint, at: ["checkpoint"], in: to))
        try Standard.output("\(size) leaves, \(paths.count) files")
    }

    /// The tiles that hold `count` entries of a level: full ones of 256, and a partial one for the rest.
    static func tiles(of count: UInt64, level: String) -> [[String]] {
        var tiles = (0..<(count >> 8)).map { ["tile", level] + index($0) }
        if count & 255 > 0 {
            var last = index(count >> 8)
            last[last.count - 1] += ".p"
            tiles.append(["tile", level] + last + [String(count & 255)])
        }
        return tiles
    }

    /// 1234067 → x001/x234/067.
    private static func index(_ number: UInt64) -> [String] {
        var (parts, rest) = ([padded(number % 1000)], number / 1000)
        while rest > 0 {
            parts.insert("x" + padded(rest % 1000), at: 0)
            rest /= 1000
        }
        return parts
    }

    private static func padded(_ number: UInt64) -> String {
        String(repeating: "0", count: 3 - String(number).count) + String(number)
    }
}
