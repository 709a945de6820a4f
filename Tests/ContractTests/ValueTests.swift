import Contract
import FoundationEssentials
import Testing

struct ValueTests {
    @Test(
        arguments: [
            ("6430", 643_000), ("6,430.00", 643_000), ("9999.99", 999_999), ("0.5", 50), ("-12.05", -1_205),
            ("￥99", 9_900),
            ("1,234,567.80", 123_456_780), ("92233720368547758.07", Int64.max),
        ] as [(String, Int64)])
    func `yuan are read to the fen`(text: String, fen: Int64) {
        #expect(Fen(yuan: text)?.rawValue == fen)
    }

    @Test(arguments: [
        "", "-", ".5", "5.", "1.005", "1e3", "12,34", "1,2345", ",123", " 5", "5 ", "+5", "5元", "１", "0x10",
        "92233720368547758.08",
    ])
    func `what isn't yuan is not read`(text: String) {
        #expect(Fen(yuan: text) == nil)
    }

    @Test(
        arguments: [
            (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (643_000, "6,430.00"), (99_999, "999.99"),
            (100_000_000, "1,000,000.00"), (Int64.min, "-92,233,720,368,547,758.08"),
        ] as [(Int64, String)])
    func `fen are written as yuan`(fen: Int64, text: String) {
        #expect(Fen(fen).description == text)
    }

    @Test(
        arguments: [
            ("50,000元", .int(5_000_000)), ("0.5元", .int(50)), ("5000000", .int(5_000_000)), ("-3", .int(-3)),
            ("true", true), ("", .null), ("007", "007"), ("+5", "+5"), ("3.5", "3.5"), ("每月500元", "每月500元"), ("元", "元"),
            ("1.005元", "1.005元"),
        ] as [(String, JSONValue)])
    func `a fact is what it looks like, and an amount says so`(text: String, value: JSONValue) {
        #expect(JSONValue(fact: text) == value)
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
        ("2026-11-22T17:00:00.5+08:00", "2026-11-22T09:00:00.500000Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("2099-02-28T00:00:00.000001Z", "2099-02-28T00:00:00.000001Z"),
    ])
    func `times are RFC 3339 to the microsecond`(read: String, written: String) throws {
        #expect(Timestamp.text(try #require(Timestamp.date(read))) == written)
    }

    @Test(arguments: [
        "2026-11-22", "2026-11-22T09:00:00", "2026-02-30T09:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T09:00:00.Z",
        "2026-11-22T09:00:00.1234567Z", "2026-11-22T09:00:00+0800", "2026-11-22T09:00:60Z",
    ])
    func `what is no time is not read`(text: String) {
        #expect(Timestamp.date(text) == nil)
    }

    @Test func `a problem carries a refusal there and back`() throws {
        for code in Refusal.Code.allCases {
            let refusal = Refusal(code, "No.", field: "a.0", details: ["one", "two"], reference: "R1")
            let read = try JSON.decode(Problem.self, from: JSON.encode(Problem(refusal)))
            #expect(read.refusal == refusal)
            #expect(read.status == code.status)
            #expect(code.exitCode != 0)
        }
    }

    @Test func `incompatible roles are told in both directions`() {
        #expect(!Role.administrator.isCompatible(with: .approver))
        #expect(!Role.approver.isCompatible(with: .administrator))
        #expect(!Role.auditor.isCompatible(with: .caseWorker))
        #expect(!Role.financeChecker.isCompatible(with: .financeApprover))
        #expect(Role.administrator.isCompatible(with: .auditor))
        #expect(Role.caseWorker.isCompatible(with: .reviewer))
        #expect(Role.incompatible.count == 4 + 3 + 5 + 8)
    }

    @Test func `each permission is held by a role`() {
        let held = Role.allCases.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) }
        #expect(held == Set(Permission.allCases))
        #expect(!Role.auditor.permissions.contains(.revealPersonalData))
    }

    @Test func `client and daemon meet at one place`() throws {
        func meet(_ environment: [String: String], run: Bool = false) throws -> String {
            try Endpoint.default(environment: environment, user: 1000, folderExists: { _ in run }).description
        }
        #expect(try meet(["RELIEF_URL": "http://[::1]:8080"]) == "http://[::1]:8080")
        #expect(try meet(["RELIEF_URL": "unix:/x.sock", "XDG_RUNTIME_DIR": "/r"]) == "unix:/x.sock")
        #expect(try meet(["XDG_RUNTIME_DIR": "/r"]) == "unix:/r/relief/reliefd.sock")
        #expect(try meet([:], run: true) == "unix:/run/user/1000/relief/reliefd.sock")
        #expect(try meet([:]) == "unix:/tmp/relief-1000/reliefd.sock")
        #expect(throws: Refusal.self) { try meet(["RELIEF_URL": "https://x"]) }
    }
}
