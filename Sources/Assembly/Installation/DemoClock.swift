import Contract
import Foundation
import Logging
import Output
import Relief
import Synchronization
import WorkingDays

/// The clock of a demonstration: it runs as fast as the real one, ahead of it or behind, and can be moved forward.
///
/// How far it is from real time stands in the data folder, so that a restart goes on where the time was.
final class DemoClock: DemonstrationClock {
    private let file: URL
    private let logger: Logger
    /// Microseconds to add to real time.
    private let offset: Mutex<Int64>

    /// Takes the clock up where the folder has it, or begins at `start`. nil where the folder has none, and none is wanted.
    init?(_ directory: DataDirectory, start: Date?, logger: Logger) throws {
        (file, self.logger) = (directory.clock, logger)
        if let text = try? String(contentsOf: directory.clock, encoding: .utf8) {
            guard let stored = Int64(decimal: text.filter { !$0.isWhitespace }) else {
                throw InstallationError("\(directory.clock.path) holds no number of microseconds: restore it.")
            }
            offset = Mutex(stored)
        } else if let start {
            let distance = start.timeIntervalSince(SystemClock().now())
            offset = Mutex(Int64((distance * 1_000_000).rounded()))
            try write(offset.withLock { $0 })
        } else {
            return nil
        }
    }

    func now() -> Date {
        let real = Int64((Date().timeIntervalSince1970 * 1_000_000).rounded(.down))
        return Date(timeIntervalSince1970: Double(real + offset.withLock { $0 }) / 1_000_000)
    }

    func advance(to instant: Date) {
        let distance = instant.timeIntervalSince(now())
        guard distance > 0 else { return }
        let new = offset.withLock { offset in
            offset += Int64((distance * 1_000_000).rounded())
            return offset
        }
        do {
            try write(new)
        } catch {
            logger.error("clock.not.kept", metadata: ["error": "\(error)", "file": "\(file.path)"])
        }
    }

    private func write(_ offset: Int64) throws {
        try DurableFile.write("\(offset)\n".utf8, to: file)
    }
}
