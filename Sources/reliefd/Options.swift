import ArgumentParser
import Assembly

/// The settings, as options; each may stand in the environment or in a file as well.
struct SettingOptions: ParsableArguments {
    @Option(help: "A file of KEY=VALUE lines to read instead of /etc/relief/relief.env.")
    var config: String?

    @Option(help: help(.data)) var data: String?
    @Option(help: help(.databaseURL)) var databaseURL: String?
    @Option(help: help(.socket)) var socket: String?
    @Option(help: help(.socketMode)) var socketMode: String?
    @Option(help: help(.listen)) var listen: String?
    @Option(help: help(.logLevel)) var logLevel: String?
    @Option(help: help(.logFormat)) var logFormat: String?
    @Option(help: help(.auditOrigin)) var auditOrigin: String?
    @Option(help: help(.demoClock)) var demoClock: String?
    @Option(help: help(.bank)) var bank: String?
    @Option(help: help(.poolSize)) var poolSize: String?
    @Option(help: help(.jobHistory)) var jobHistory: String?

    func settings() throws -> Settings {
        let given: [SettingKey: String?] = [
            .data: data, .databaseURL: databaseURL, .socket: socket, .socketMode: socketMode, .listen: listen,
            .logLevel: logLevel, .logFormat: logFormat, .auditOrigin: auditOrigin, .demoClock: demoClock, .bank: bank,
            .poolSize: poolSize, .jobHistory: jobHistory,
        ]
        return try Settings.read(options: given.compactMapValues(\.self), config: config)
    }

    private static func help(_ key: SettingKey) -> ArgumentHelp {
        ArgumentHelp("\(key.purpose) [\(key.variable)]")
    }
}

/// Who is there at the beginning; means something only where nothing is initialised yet.
struct FoundingOptions: ParsableArguments {
    @Option(help: "Code of the root union. Default: CN.")
    var organisation: String?

    @Option(help: "Name of the root union. Default: 中华全国总工会.")
    var organisationName: String?

    @Option(help: "Level of the root union: nation, province, city, county or grassroots. Default: nation.")
    var level: String?

    @Option(help: "Login of the administrator. Default: that of the account that runs this, or that called sudo.")
    var admin: String?

    @Option(help: "Name of the administrator.")
    var adminName: String?

    func founding() throws -> Founding {
        try Founding(code: organisation, union: organisationName, level: level, login: admin, administrator: adminName)
    }
}
