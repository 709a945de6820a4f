import Foundation
import Glibc

/// What one child process found, as the line of JSON that it prints; what it didn't look at is nil.
package struct Measurement: Codable, Sendable {
    /// Jobs a second.
    package var rate: Double?
    /// Peak of the process's own memory, in MiB.
    package var memory: Double?
    /// Processor time of the process, user and system, in microseconds a job.
    package var cpuPerJob: Double?
    /// Milliseconds from the wish for a job to its start.
    package var p50: Double?
    package var p99: Double?
    /// Processor time of an idle process, in milliseconds a second.
    package var idleCPU: Double?
    /// The time of the measurement, in seconds since 1970.
    package var began: Double?
    package var ended: Double?

    enum CodingKeys: String, CodingKey {
        case rate
        case memory = "rss_mb"
        case cpuPerJob = "cpu_us_per_job"
        case p50 = "p50_ms"
        case p99 = "p99_ms"
        case idleCPU = "idle_cpu_ms_per_s"
        case began
        case ended
    }

    /// The measurement as one line.
    package var line: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

/// What this process has used so far.
enum Usage {
    /// Seconds of processor time, user and system.
    static var cpu: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let (user, system) = (usage.ru_utime, usage.ru_stime)
        return Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) / 1e6
    }

    /// The peak of memory, in MiB. What getrusage tells begins with the peak of the process that started this one.
    static var peakMemory: Double? {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }.map { $0 / 1024 }
    }
}

extension [Double] {
    /// The middle value; of an even number, the upper of the two in the middle.
    var median: Double { percentile(50) }

    /// The value below which so many per cent of the values lie.
    func percentile(_ share: Double) -> Double {
        guard !isEmpty else { return .nan }
        return sorted()[Swift.min(count - 1, Int(Double(count) * share / 100))]
    }
}
