import Contract
import Foundation
import Postgres
@testable import Relief
import Support
import Testing
import WorkingDays

/// Every field of every operation, given what no clerk types: the answer is a value or a sentence, and never our failure.
@Suite(.database(isChecked: false))
struct HostileRequestTests {
    /// A request under way: what stands in its fields, by name.
    typealias Fields = [(name: String, value: JSONValue)]

    @Test func `no hostile value of any field is an internal error`() async throws {
        let desk = try await Desk.open()
        let home = try await desk.archivedHome(7)
        let file = try await desk.submitted(home.child)
        let good: [String: JSONValue] = [
            "person": .string(home.head.number), "case": .string(file), "household": .string(home.number),
            "organisation": .string("XN"), "under": .string("XN"), "parent": .string("QH"), "union": .string("XN"),
            "fund": .string("F1"), "programme": .string("P04"), "user": .string("worker"), "login": .string("neu"),
            "name": .string("某某"), "code": .string("NEU"), "reason": .string("核对"), "region": .string("QH"),
            "source": .string("青工发〔2026〕1号"), "reference": .string("R9"), "kind": .string("card"),
            "queue": .string("standing"), "schedule": .string("notices"), "item": .string("education"),
            "text": .string("x: 1"), "zone": .string("Asia/Shanghai"), "version": .int(1), "amount": .int(100),
        ]
        var (asked, told) = (0, 0)
        for handler in Handler.all {
            // Its answer is the whole of the books or of the log, each time.
            if ["audit.verify"].contains(handler.operation.name) { continue }
            let before = Self.isDry(handler.operation) ? try await EvidenceTests.rows() : nil
            let count = try await attack(handler, good, desk.office)
            // A refused attempt leaves its key and its leaf where it wasn't tried out; what was tried out leaves nothing.
            if let before { #expect(try await EvidenceTests.rows() == before, "\(handler.operation.name)") }
            asked += count.asked
            told += count.refused
        }
        // Most are refused, with a sentence.
        #expect(asked > 2_000 && told > asked / 2, "\(asked) asked, \(told) refused")
    }

    static func isDry(_ operation: any Contract.Operation.Type) -> Bool {
        (operation as? any Command.Type)?.allowsDryRun ?? false
    }

    private func attack(
        _ handler: Handler, _ good: [String: JSONValue], _ office: Office
    ) async throws -> (asked: Int, refused: Int) {
        try await attack(handler.operation, handler, good, office)
    }

    private func attack<O: Contract.Operation>(
        _ type: O.Type, _ handler: Handler, _ good: [String: JSONValue], _ office: Office
    ) async throws -> (asked: Int, refused: Int) {
        guard let principal = office.whoMay(O.permission), !(O.self is any SystemCommand.Type) else { return (0, 0) }
        let (schema, book) = try JSONSchema.of(type)
        guard case .reference(let name) = schema, let properties = book.components[name] else { return (0, 0) }
        let base: Fields = properties.compactMap { property in
            if let value = good[property.name], Self.fits(value, property.schema) { return (property.name, value) }
            return property.required ? (property.name, Self.plain(property.schema)) : nil
        }
        var (asked, refused) = (0, 0)
        for property in properties {
            for value in Self.hostile(to: property.schema) {
                var fields = base.filter { $0.name != property.name }
                fields.append((property.name, value))
                asked += 1
                if await isRefused(type, handler, fields, about: property.name, principal, office) { refused += 1 }
            }
        }
        return (asked, refused)
    }

    /// Asks as the API does; anything but an answer or a sentence is an issue.
    private func isRefused<O: Contract.Operation>(
        _ type: O.Type, _ handler: Handler, _ fields: Fields, about field: String, _ principal: Principal,
        _ office: Office
    ) async -> Bool {
        let value = fields.last.map { "\($0.value)".prefix(60) } ?? ""
        do {
            _ = try await handler.respond(try Self.request(type, fields), principal, office.door)
            return false
        } catch let refusal as Refusal {
            #expect(refusal.code != .internal, "\(O.name).\(field) = \(value): \(refusal.message)")
            #expect(refusal.message.count > 5)
            return true
        } catch {
            Issue.record("\(O.name).\(field) = \(value): \(error)")
            return false
        }
    }

    static func request<O: Contract.Operation>(_ type: O.Type, _ fields: Fields) throws -> OperationRequest {
        var parameters: [String: String] = [:]
        var rest: [String: JSONValue] = [:]
        for field in fields {
            if O.route.parameters.contains(field.name) {
                parameters[field.name] = text(field.value)
            } else {
                rest[field.name] = field.value
            }
        }
        guard O.route.method == .get else {
            return OperationRequest(
                type, parameters: parameters, query: nil, body: try JSON.encode(JSONValue.object(rest)), key: nil,
                dryRun: isDry(type))
        }
        let query = rest.map { "\($0.key)=\(PercentEncoding.encode(text($0.value)))" }.joined(separator: "&")
        return OperationRequest(type, parameters: parameters, query: query, body: Data(), key: nil, dryRun: isDry(type))
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .bool(let flag): String(flag)
        case .null, .array, .object: "x"
        }
    }

    static func fits(_ value: JSONValue, _ schema: JSONSchema) -> Bool {
        switch (value, schema) {
        case (.string(let text), .choice(let choices)): choices.contains(text)
        case (.string, .string(nil)), (.int, .integer): true
        default: false
        }
    }

    /// A value of the form, which may mean nothing.
    static func plain(_ schema: JSONSchema) -> JSONValue {
        switch schema {
        case .any, .reference, .dictionary: .object([:])
        case .boolean: .bool(true)
        case .integer: .int(1)
        case .string(.date): .string("2026-07-01")
        case .string(.dateTime): .string("2026-07-01T09:00:00Z")
        case .string(.uuid): .string("00000000-0000-4000-8000-000000000009")
        case .string(.base64): .string("eA==")
        case .string: .string("某")
        case .choice(let choices): .string(choices.first ?? "")
        case .array: .array([])
        }
    }

    private static func hostile(to schema: JSONSchema) -> [JSONValue] {
        switch schema {
        case .integer:
            [.int(.max), .int(.min), .int(2_147_483_648), .int(-1), .int(0), .string("1"), .null]
        case .string(.date): ["0001-01-01", "9999-12-31", "2026-02-30", ""].map(JSONValue.string)
        case .string(.dateTime):
            ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-07-01"].map(JSONValue.string)
        case .string(.uuid): [.string("x"), .string("ffffffff-ffff-ffff-ffff-ffffffffffff")]
        case .string(.base64): ["", "AAAA", "////", "x"].map(JSONValue.string)
        case .string, .choice:
            [
                "", " ", "a..b", "\u{0}", "a\u{0}b", "'; DROP TABLE x --", "%", "2147483648", "-1", "\u{202E}x", "{}",
                "$1", "\\", "9999-99-99", "é\u{301}\u{301}", "😀", String(repeating: "长", count: 5_000),
                "e" + String(repeating: "\u{301}", count: 4_500), String(repeating: "9", count: 400), "NaN", "1e400",
            ].map(JSONValue.string)
        case .boolean: [.string("x"), .int(2)]
        case .array(let element):
            [.array([]), .array([plain(element), plain(element)])]
                + hostile(to: element).prefix(12).map { .array([$0]) }
        case .dictionary, .any, .reference:
            [
                .object([:]), .object(["\u{0}": .string("x")]), .object(["x": .string("\u{0}")]),
                .object(["x": .int(.max)]), .array([]),
            ]
        }
    }
}

extension Office {
    /// Somebody of the office who holds the permission where the most is.
    func whoMay(_ permission: Permission) -> Principal? {
        let all = [
            admin, programmes, worker, reviewer, approver, finance, checker, financeApprover, cashier, auditor,
        ]
        return all.first { !$0.scope(for: permission).isEmpty }
    }
}
