import Foundation

extension Report {
    /// One object: a member for each row with `ours`, `ceiling`, `ratio` and `met`; `latency_ms` has the percentiles as
    /// well, and `conditions` says how it was measured.
    package var json: String {
        get throws {
            var members: [String: [String: Value]] = [:]
            for line in lines {
                var member: [String: Value] = ["ours": .number(line.ours)]
                member["ceiling"] = line.ceiling.map(Value.number)
                member["ratio"] = line.ratio.map(Value.number)
                member["met"] = line.isMet.map(Value.truth)
                members[line.row.rawValue] = member
            }
            for (row, name) in [(Row.latencyMedian, "p50"), (.latency, "p99")] {
                guard let line = lines.first(where: { $0.row == row }) else { continue }
                members[Row.latency.rawValue]?[name] = .number(line.ours)
                members[Row.latency.rawValue]?["floor_\(name)"] = line.ceiling.map(Value.number)
            }
            members["conditions"] = [
                "postgres": .number(Double(postgres)), "jobs": .number(Double(options.jobs)),
                "crowd": .number(Double(options.crowd)), "rounds": .number(Double(options.rounds)),
                "fsync": .truth(options.fsync), "synchronous_commit": .truth(options.synchronousCommit),
            ]
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            return String(decoding: try encoder.encode(members), as: UTF8.self)
        }
    }

    private enum Value: Encodable {
        case number(Double)
        case truth(Bool)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            // Four figures are more than a noisy machine can stand for.
            case .number(let value): try container.encode(rounded(value))
            case .truth(let value): try container.encode(value)
            }
        }

        private func rounded(_ value: Double) -> Double {
            guard value.isFinite, value != 0 else { return 0 }
            let scale = pow(10, 3 - floor(log10(abs(value))))
            return abs(value) >= 1000 ? value.rounded() : (value * scale).rounded() / scale
        }
    }
}
