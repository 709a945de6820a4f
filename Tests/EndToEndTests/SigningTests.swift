import Client
import Contract
import Foundation
import Testing

/// Shown, then asked: at a terminal, in a script, and where nobody says which.
@Suite(.serialized) struct SigningTests {
    @Test func `an account is approved after it was shown and asked for, or over its sheet, and not otherwise`()
        async throws
    {
        try await House.with { house in
            let daemon = try await house.serve()
            let client = daemon.client
            for (login, name, role, identity) in [
                ("lin", "林工", Role.caseWorker, "630102198003045012"), ("ma", "马复核", .reviewer, "630102198103045028"),
            ] {
                _ = try await client.send(
                    CreateUser(login: login, name: name, idNumber: identity, organisation: "CN"))
                _ = try await client.send(GrantRole(user: login, role: role, organisation: "CN"))
            }
            let lin = ReliefClient(
                endpoint: daemon.endpoint, token: try await client.send(IssueToken(user: "lin")).token)
            let ma = try await client.send(IssueToken(user: "ma")).token
            let owner = try await lin.send(
                RegisterPerson(name: "张三", idNumber: "11010519491231002X", organisation: "CN"))
            func register(_ number: String) async throws -> String {
                try await lin.send(
                    RegisterAccount(
                        owner: owner.number, holder: "张三", bank: "某银行", number: number, kind: .passbook)
                ).id.uuidString
            }
            _ = try await register("100000000001")
            let account = try await register("100000000002")
            let environment = ["RELIEF_URL": "\(daemon.endpoint)", "RELIEF_TOKEN": ma, "LANG": "zh_CN.UTF-8"]
            func approve(_ options: String) throws -> Built.Ending {
                try Built.shell("relief account approve --account \(account) \(options)", environment: environment)
            }
            let blind = try approve("")
            #expect(blind.status == 3 && blind.errors.contains("--sheet") && blind.errors.contains("--yes"))
            #expect(try approve("--yes --sheet 00").status == 64)
            #expect(try approve("--sheet \(String(repeating: "0", count: 64))").status == 5)

            let verb = ["account", "approve", "--account", account]
            let no = try Pseudoterminal.run(verb, typing: "n\n", environment: environment)
            #expect(no.status == 1 && no.shown.contains("张三") && no.shown.contains("没有签批"))
            #expect(!no.shown.contains("100000000002") && no.shown.contains("[y/N]"))
            #expect(try await lin.send(ListAccounts(state: .pending)).items.count == 1)
            let yes = try Pseudoterminal.run(verb, typing: "是\n", environment: environment)
            #expect(yes.status == 0, "\(yes)")
            #expect(try await lin.send(ListAccounts(state: .pending)).items.isEmpty)

            let third = try await register("100000000003")
            let sheet = try await lin.send(ShowAccountSheet(account: UUID(uuidString: third)!)).sheet
            let signed = try Built.shell(
                "relief account approve --account \(third) --sheet \(sheet)", environment: environment)
            #expect(signed.status == 0, "\(signed)")
            let fourth = try await register("100000000004")
            let unseen = try Built.shell(
                "relief account approve --account \(fourth) --yes", environment: environment)
            #expect(unseen.status == 0, "\(unseen)")
            let log = try await client.send(ShowAuditLog(command: "account.approve")).items.sorted { $0.seq < $1.seq }
            #expect(log.map { $0.leaf?.contains("\"unseen\"") } == [false, false, true])
        }
    }
}

/// A terminal of the kernel's, with somebody at it who has typed already.
enum Pseudoterminal {
    static func run(
        _ arguments: [String], typing: String, environment: [String: String]
    ) throws -> (status: Int32, shown: String) {
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (number, lock): (UInt32, Int32) = (0, 0)
        // TIOCSPTLCK and TIOCGPTN: to unlock the other end, and to learn its number.
        let isOpen = master >= 0 && ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0
        #expect(isOpen, "no terminal: \(String(cString: strerror(errno)))")
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        defer {
            close(master)
            close(slave)
        }
        _ = typing.withCString { write(master, $0, strlen($0)) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Built.path("relief"))
        process.arguments = arguments
        process.environment = environment
        let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        process.standardInput = terminal
        process.standardError = terminal
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        // What it showed lies in the terminal, which stays open here.
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        var (shown, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while case let count = read(master, &buffer, buffer.count), count > 0 { shown += buffer[..<count] }
        return (process.terminationStatus, String(decoding: shown, as: UTF8.self))
    }
}
