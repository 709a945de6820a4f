import Foundation
import Testing

/// The scripts that a user runs first.
@Suite struct DeployTests {
    @Test func `deploy/try removes a demo, and nothing that is none`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "relief-demo-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: folder.appending(path: "letters.txt"))
        #expect(try tryRemove(folder) != 0)
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "letters.txt").path))
        try Data().write(to: folder.appending(path: "reliefd.log"))
        #expect(try tryRemove(folder) == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        // Once more is no mistake.
        #expect(try tryRemove(folder) == 0)
    }

    private func tryRemove(_ folder: URL) throws -> Int32 {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appending(path: "deploy/try")
        process.arguments = ["remove"]
        process.environment = ProcessInfo.processInfo.environment.merging(["RELIEF_DEMO": folder.path]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
