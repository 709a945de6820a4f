import Contract
import FoundationEssentials
import Testing

struct ValueTests {
    @Test(
        arguments: [
            ("成绩单.pdf", "成绩单.pdf"), ("../../etc/passwd", "passwd"), ("C:\\扫描\\a.pdf", "a.pdf"), ("/a/b/", "b"),
            ("a\u{202E}fdp.exe", "afdp.exe"), ("\u{1B}[31ma\n.pdf", "[31ma.pdf"), ("  a b.pdf \u{FEFF}", "a b.pdf"),
            ("..", nil), ("/", nil), ("\u{200B}\u{7}", nil),
        ] as [(String, String?)])
    func `of a file's name that is kept which is no path and can be seen`(given: String, kept: String?) {
        #expect(FileName.kept(of: given) == kept)
    }

    @Test func `a long name is cut to whole characters, and keeps its ending`() throws {
        let kept = try #require(FileName.kept(of: String(repeating: "名", count: 4_000) + ".pdf"))
        #expect(kept.utf8.count <= 255 && kept.utf8.count > 250 && kept.hasSuffix("名.pdf"))
        #expect(FileName.kept(of: String(repeating: "a", count: 400))?.utf8.count == 255)
    }

    @Test(
        arguments: [
            ("6430", 643_000), ("6,430.00", 643_000), ("9999.99", 999_999), ("0.5", 50), ("-12.05", -1_205),
            ("￥99", 9_900), ("80000", 8_000_000), ("80,000.00", 8_000_000), ("8万", 8_000_000), ("￥80000", 8_000_000),
            ("8万元", 8_000_000), ("8万元整", 8_000_000), ("￥6,430.00圆正", 643_000), (" 1.25 万 元", 1_250_000),
            ("8.00万", 8_000_000), ("0.000001万", 1),
            ("1.2亿", 12_000_000_000),
            ("80000", 8_000_000), ("80，000．5元", 8_000_050), ("人民币6,000圆", 600_000), ("５元", 500), ("50 ", 5_000),
            ("1,234,567.80", 123_456_780), ("92233720368547758.07", Int64.max),
        ] as [(String, Int64)])
    func `yuan are read to the fen`(text: String, fen: Int64) {
        #expect(Fen(yuan: text)?.rawValue == fen)
    }

    @Test(arguments: [
        "", "-", ".5", "5.", "1.005", "1e3", "12,34", "1,2345", ",123", "+5", "0x10", "1e5", "8.0000001万",
        "万", "元", "8万5千", "8万8", "五元", "5元元", "5角", "٣", "5000 3000", "5000\n3000", "12 5", "--5",
        "92233720368547758.08", "922337203685478万",
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
            (.money, "643", nil, 64_300), (.money, "1200", "yuan", 120_000), (.money, "1200", "元", 120_000),
            (.money, "64300", "fen", 64_300), (.money, "643.00", "fen", nil), (.money, "8万", nil, 8_000_000),
            (.money, "-1", nil, nil), (.money, "643", "percent", nil), (.percent, "40", nil, 40),
            (.percent, "40%", nil, 40),
            (.percent, "40％", nil, 40), (.percent, "12.5", nil, nil), (.days, "5天", nil, 5), (.days, "5", "days", 5),
            (.count, "12", nil, 12), (.count, "+12", nil, nil), (.count, "12元", nil, nil),
        ] as [(FigureKind, String, String?, Int64?)])
    func `a figure is read by its kind`(kind: FigureKind, text: String, unit: String?, value: Int64?) {
        #expect(kind.value(of: text, unit: unit) == value)
    }

    @Test(arguments: FigureKind.allCases)
    func `a figure is read back as it is shown, in both languages`(kind: FigureKind) {
        #expect(kind.value(of: kind.text(1_234_500)) == 1_234_500 && FigureKind(base: kind.base) == kind)
        #expect(kind.value(of: kind.phrase(1_234_500).zh) == 1_234_500)
    }

    @Test(arguments: [
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.chinese), ("en-US,zh;q=0.5", .english), ("zh;q=0", .english),
        ("", .english),
        ("fr", .english), ("en;q=0.2, zh;q=0.3", .chinese), ("zh, en", .chinese), ("en, zh", .english),
    ])
    func `the language is the one that the caller likes best`(header: String, language: Language) {
        #expect(Language(accepting: header) == language)
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
            let refusal = Refusal(
                code, Phrase(asGiven: "No."), field: "a.0", details: ["one", "two"].map(Phrase.init(asGiven:)),
                reference: "R1")
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
