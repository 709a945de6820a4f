import Client
import Contract
import Foundation
import Relief
import Testing
import Web

struct APITests {
    private func refusal<R>(_ body: () async throws -> R) async throws -> Refusal {
        do {
            _ = try await body()
        } catch let refusal as Refusal {
            return refusal
        }
        throw Refusal.invalid(Phrase(asGiven: "It was not refused."))
    }

    @Test func `over the unix socket one is who the kernel says`() async throws {
        try await LiveAPI.with { api in
            let client = api.client()
            #expect(try await client.send(WhoAmI()).login == "wang.fang")
            #expect(try await client.send(WhoAmI()).name == "王芳")
            guard case .peer(let user) = try #require(api.asked.value.credentials.first) else {
                throw Refusal.invalid(Phrase(asGiven: "no peer"))
            }
            #expect(user == getuid())
        }
    }

    @Test func `a token goes before the peer, and a wrong one is no way in`() async throws {
        try await LiveAPI.with { api in
            #expect(try await api.client(token: "good").send(WhoAmI()).login == "wang.fang")
            let no = try await refusal { try await api.client(token: "bad").send(WhoAmI()) }
            #expect(no.code == .unauthenticated)
            let credentials = api.asked.value.credentials
            #expect(credentials.count == 2)
            for credential in credentials {
                guard case .token = credential else { throw Refusal.invalid(Phrase(asGiven: "not by token")) }
            }
        }
    }

    @Test func `a token that ends soon is told of beside answers and refusals`() async throws {
        try await LiveAPI.with { api in
            let client = api.client(token: "ending")
            _ = try await client.send(WhoAmI())
            let end = LiveAPI.now.addingTimeInterval(13 * 86_400)
            #expect(client.tokenEnd == end)
            let refused = api.client(token: "ending")
            _ = try await refusal { try await refused.send(ShowCase(case: "C9")) }
            #expect(refused.tokenEnd == end)
            for quiet in [api.client(token: "good"), api.client()] {
                _ = try await quiet.send(WhoAmI())
                #expect(quiet.tokenEnd == nil)
            }
        }
    }

    @Test func `fields, key and dry run come through`() async throws {
        try await LiveAPI.with { api in
            let client = api.client()
            let list = try await client.send(ListCases(search: "王 芳/&?#%"), key: "unused")
            #expect(list.next == "王 芳/&?#%")
            let queue = try await client.send(PauseQueue(queue: "P/1 %"), key: "k1", dryRun: true)
            #expect(queue.name == "P/1 %")
            let calls = api.asked.value.calls
            #expect(calls.map(\.key) == [nil, "k1"])
            #expect(calls.map(\.dryRun) == [false, true])
            _ = try await client.send(PauseQueue(queue: "mail"))
            #expect(api.asked.value.calls.last?.key?.isEmpty == false, "a command always bears a key")
        }
    }

    @Test func `a refusal keeps its code, field and sentence`() async throws {
        try await LiveAPI.with { api in
            let no = try await refusal { try await api.client().send(ShowCase(case: "C9")) }
            #expect(no == .notFound(Phrase(asGiven: "There is no case C9."), field: "case"))
        }
    }

    @Test func `an internal error shows a number and no more`() async throws {
        try await LiveAPI.with { api in
            let no = try await refusal { try await api.client().send(ShowClock()) }
            #expect(no.code == .internal)
            let reference = try #require(no.reference)
            #expect(no.message.contains(reference))
            #expect(!String(describing: no).contains("password"))
        }
    }

    @Test func `a body over the limit is refused, and the next request is served`() async throws {
        try await LiveAPI.with { api in
            let client = api.client()
            let long = String(repeating: "x", count: 300_000)
            let no = try await refusal { try await client.send(ErasePerson(person: "P1", reason: long)) }
            #expect(no.code == .tooLarge)
            #expect(try await client.send(WhoAmI()).login == "wang.fang")
            let other = try await refusal {
                try await client.send(ImportHouseholds(organisation: "ah", csv: Data(long.utf8), mode: .all))
            }
            #expect(other.code == .internal, "a file may be larger: it reached the stand-in")
        }
    }

    @Test func `machines find what they look for`() async throws {
        try await LiveAPI.with { api in
            let client = api.client()
            #expect(try await client.get("/healthz") == Data("ok\n".utf8))
            #expect(try await client.get("/readyz") == Data("ready\n".utf8))
            let document = try JSON.decode(JSONValue.self, from: try await client.get("/openapi.json"))
            #expect(document["paths"]?["/v1/whoami"] != nil)
            #expect(api.asked.value.credentials.isEmpty)
        }
    }

    @Test func `a path that takes another method says which`() async throws {
        try await LiveAPI.with { api in
            let no = try await refusal { try await api.client().get("/v1/households/import") }
            #expect(no.code == .wrongMethod)
            #expect(no.message.contains("takes POST, not GET"))
        }
    }

    @Test func `the log is served, and nothing beside it`() async throws {
        try await LiveAPI.with { api in
            let client = api.client()
            try Data("relief\n0\n".utf8).write(to: api.folder.appending(path: "checkpoint"))
            try Data(repeating: 7, count: 8192).write(to: api.folder.appending(path: "tile/0/000"))
            try Data("secret".utf8).write(to: api.folder.appending(path: "key"))
            #expect(try await client.get("/log/checkpoint") == Data("relief\n0\n".utf8))
            #expect(try await client.get("/log/tile/0/000") == Data(repeating: 7, count: 8192))
            for path in ["/log/key", "/log/../key", "/log/tile/0", "/log/tile/0/001", "/nothing", "/v1/nothing"] {
                #expect(try await refusal { try await client.get(path) }.code == .notFound, "\(path)")
            }
        }
    }

    @Test func `where nobody listens one is told how to start the daemon`() async throws {
        let client = ReliefClient(endpoint: .unix(path: "/tmp/relief-nobody-\(UUID().uuidString).sock"))
        let no = try await refusal { try await client.send(WhoAmI()) }
        #expect(no.code == .unavailable)
        #expect(no.message.contains("reliefd serve"))
    }
}
