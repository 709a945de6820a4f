import Client
import Contract
import Foundation
import Support
import Testing
import Web

/// Who sends slowly, too much, or without being let in, holds nothing of the daemon's.
@Suite(.serialized) struct SlowClientTests {
    private static func socket(_ api: LiveAPI) throws -> UnixSocket {
        guard case .unix(let path) = api.endpoint else { throw Defect() }
        return try UnixSocket(connectedTo: path)
    }

    /// All that comes until the other side closes.
    private static func rest(_ socket: UnixSocket) -> String {
        var bytes: [UInt8] = []
        while let piece = socket.read() { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func head(_ length: Int, token: String? = nil) -> [UInt8] {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return Array("POST /v1/persons HTTP/1.1\r\nHost: x\r\n\(authorization)Content-Length: \(length)\r\n\r\n".utf8)
    }

    @Test func `a body that never ends is closed by its deadline`() async throws {
        try await LiveAPI.with(limits: .init(reading: .milliseconds(300))) { api in
            let socket = try Self.socket(api)
            #expect(socket.write(Self.head(100)))
            #expect(socket.write(Array("{   ".utf8)))
            #expect(!Self.rest(socket).contains("HTTP/1.1 200"))
            #expect(try await api.client().send(WhoAmI()).login == "wang.fang")
        }
    }

    @Test func `a request that never begins is closed, and so is one whose head never ends`() async throws {
        try await LiveAPI.with(limits: .init(idle: .milliseconds(300))) { api in
            let silent = try Self.socket(api)
            #expect(Self.rest(silent) == "")
            let slow = try Self.socket(api)
            #expect(slow.write(Array("GET /healthz HTTP/1.1\r\nX: ".utf8)))
            while slow.write([UInt8(ascii: "x")]) { await Task.yield() }
            #expect(!Self.rest(slow).contains("200 OK"))
        }
    }

    /// One request on a connection that stays open.
    private static func ask(_ socket: UnixSocket) -> Bool {
        guard socket.write(Array("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".utf8)) else { return false }
        var answer = ""
        // Head and body may come one after the other.
        while !answer.contains("\r\n\r\nok") {
            guard let piece = socket.read() else { return false }
            answer += String(decoding: piece, as: UTF8.self)
        }
        return answer.hasPrefix("HTTP/1.1 200")
    }

    /// On a thread of its own: the daemon's answer needs the others.
    private static func blocking<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { done in Thread.detachNewThread { done.resume(returning: body()) } }
    }

    @Test func `more connections than the daemon keeps open wait for one that ends`() async throws {
        try await LiveAPI.with(limits: .init(connections: 1)) { api in
            let first = try Self.socket(api)
            #expect(await Self.blocking { Self.ask(first) })
            let second = try Self.socket(api)
            let ended = Mutexed(false)
            async let answer = Self.blocking { [Self.ask(second), ended.value] }
            // While the second waits the first is served on.
            #expect(await Self.blocking { (1...50).allSatisfy { _ in Self.ask(first) } })
            ended.change { $0 = true }
            first.cut()
            #expect(await answer == [true, true])
        }
    }

    @Test func `a body whose length is over its operation's bound is refused before it is read`() async throws {
        try await LiveAPI.with { api in
            let socket = try Self.socket(api)
            // None of the body is sent.
            #expect(socket.write(Self.head((256 << 10) + 1)))
            var answer = ""
            while !answer.contains("}"), let piece = socket.read() { answer += String(decoding: piece, as: UTF8.self) }
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains("must have at most 262144 bytes"))
            #expect(api.asked.value.calls.isEmpty)
        }
    }

    @Test func `the body of one who may not ask isn't read`() async throws {
        try await LiveAPI.with { api in
            for (token, status) in [("bad", "401"), ("auditor", "403")] {
                let socket = try Self.socket(api)
                #expect(socket.write(Self.head(1000, token: token)))
                let answer = socket.read().map { String(decoding: $0, as: UTF8.self) } ?? ""
                #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
            }
        }
    }

    @Test func `every operation takes a small body, but for the few that take a file`() {
        var large: [String] = []
        for operation in Catalogue.operations where operation.longestBody > 256 << 10 { large.append(operation.name) }
        #expect(
            large.sorted() == [
                "archive.import", "calendar.set", "case.import", "evidence.add", "household.import", "programme.add",
                "programme.check", "remittance.import", "run.import",
            ])
    }
}
