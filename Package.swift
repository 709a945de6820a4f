// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// Each product is chosen by what it costs to build and what it earns; README, "Dependencies", has the figures.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOHTTP1"].map { .product(name: $0, package: "swift-nio") }
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func room(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], embeds: Bool = false)
    -> Target
{
    .target(
        name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings,
        plugins: embeds ? ["EmbedText"] : [])
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ room: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(name: room + "Tests", dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "relief",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "reliefd", targets: ["reliefd"]),
        .executable(name: "relief", targets: ["relief"]),
        .executable(name: "relief-banksim", targets: ["relief-banksim"]),
        // The engine, for those who want it without the house: what is public is theirs, what is package is ours.
        .library(name: "Jobs", targets: ["Jobs", "Postgres", "WorkingDays"]),
        .library(name: "JobsTesting", targets: ["JobsTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The ground: PostgreSQL.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        room("Postgres", ["CLibPQ", "WorkingDays", logging]),
        room("LocalPostgres", [logging]),
        room("Schema", ["Postgres", logging], exclude: ["sql"], embeds: true),

        // Rooms that know no relief.
        room("WorkingDays"),
        room("Jobs", ["WorkingDays", "Postgres", logging, metrics, lifecycle], exclude: ["README.md"]),
        room("JobsTesting", ["Jobs", "WorkingDays", "Postgres", logging]),
        room("Ledger", ["WorkingDays", "Postgres"]),
        room("CEL", ["WorkingDays"]),
        room("TransparencyLog", [crypto]),
        room("BankFiles", ["WorkingDays"]),
        room("Output"),

        // The domain, and its doors.
        room("Contract", ["WorkingDays"]),
        room("Terminal", ["Output", "Contract", argumentParser]),
        room(
            "Relief",
            [
                "Contract", "WorkingDays", "Postgres", "Jobs", "Ledger", "CEL", "TransparencyLog", "BankFiles",
                "Output",
                crypto, logging, metrics, yams,
            ]),
        room("Web", ["Contract", "Relief", "WorkingDays", hummingbird, httpTypes, logging, nio[0]]),
        room("Client", ["Contract"] + nio),
        room(
            "Assembly",
            [
                "Contract", "WorkingDays", "Postgres", "LocalPostgres", "Schema", "Jobs", "Ledger", "TransparencyLog",
                "Relief", "Web", "Output", crypto, logging, metrics, lifecycle, unixSignals,
            ]),
        program("reliefd", ["Assembly", "Bench", "Output", "Terminal", argumentParser]),
        program("relief", ["Contract", "Client", "WorkingDays", "Output", "Terminal", argumentParser]),
        // What `reliefd bench` measures against; written in C on libpq alone.
        room("Bench", ["Jobs", "LocalPostgres", "Postgres", "Schema", "WorkingDays", logging]),
        .executableTarget(
            name: "relief-reference", dependencies: ["CLibPQ"], cSettings: [.treatAllWarnings(as: .error)]),
        program("relief-banksim", ["BankFiles", "WorkingDays", "Output", "Terminal", argumentParser]),

        // Text files carried in the program.
        .plugin(
            name: "EmbedText", capability: .buildTool(), dependencies: ["EmbedTextTool"], path: "Sources/EmbedText"),
        program("EmbedTextTool", []),

        // Tests. Support makes the private cluster that every test which touches data runs on.
        .target(
            name: "Support", dependencies: ["LocalPostgres", "Postgres", "Schema", logging], path: "Tests/Support",
            exclude: ["rig.sh", "real-input.sh"], swiftSettings: settings),
        tests("Postgres", ["Postgres", "LocalPostgres", "Support", logging]),
        tests("Schema", ["Schema", "Postgres", "LocalPostgres", "Support", logging]),
        tests("WorkingDays", ["WorkingDays"]),
        // An engine in a process of its own, which the Jobs room's tests start and kill.
        .executableTarget(
            name: "jobs-daemon", dependencies: ["Jobs", "WorkingDays", "Postgres", logging], path: "Tests/JobsDaemon",
            swiftSettings: settings),
        tests("Jobs", ["Jobs", "JobsTesting", "WorkingDays", "Postgres", "Support", logging]),
        // Sees what any other package would, and is built as one by default.
        .testTarget(
            name: "JobsAloneTests",
            dependencies: ["Jobs", "JobsTesting", "WorkingDays", "Postgres", "Support", logging],
            packageAccess: false, swiftSettings: [.treatAllWarnings(as: .error)]),
        tests("Ledger", ["Ledger", "WorkingDays", "Postgres", "Schema", "Support"]),
        tests("CEL", ["CEL", "WorkingDays"]),
        tests("TransparencyLog", ["TransparencyLog", crypto]),
        tests("BankFiles", ["BankFiles", "WorkingDays"]),
        tests("Contract", ["Contract", "WorkingDays"]),
        tests(
            "Relief",
            [
                "Relief", "Contract", "WorkingDays", "Ledger", "Postgres", "Jobs", "BankFiles", "TransparencyLog",
                "CEL", "Schema", "Support", crypto,
            ]),
        tests(
            "Web",
            [
                "Web", "Relief", "Client", "Contract", "WorkingDays", "Support", "relief", hummingbird, logging,
                argumentParser,
            ]),
        tests("Assembly", ["Assembly", "Contract", metrics, logging]),
        tests("Bench", ["Bench"]),
        tests("EndToEnd", ["Assembly", "Client", "Contract", "Output", "Postgres", "Support", "LocalPostgres"]),
    ],
    swiftLanguageModes: [.v6]
)
