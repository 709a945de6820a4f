import ArgumentParser
import Assembly
import Output

/// Runs the daemon in the foreground.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until SIGTERM; initialise first where nothing is there.")

    @OptionGroup var options: SettingOptions
    @OptionGroup var founding: FoundingOptions

    func run() async throws {
        try await explained {
            try await Daemon.serve(options.settings(), founding: founding.founding(), said: Standard.announce)
        }
    }
}

/// Makes keys, database and administrator.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the data folder, keys, database, root union and its administrator.",
        discussion:
            "The administrator is the account that runs this, or that called sudo. A second run changes nothing.")

    @OptionGroup var options: SettingOptions
    @OptionGroup var founding: FoundingOptions

    func run() async throws {
        try await explained {
            try await Installation.initialise(options.settings(), founding.founding(), said: Standard.say)
        }
    }
}

/// Brings the database to this program's schema.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database to this program's schema, forward only.")

    @OptionGroup var options: SettingOptions

    func run() async throws {
        try await explained { try await Installation.migrate(options.settings(), said: Standard.say) }
    }
}

/// Examines an installation.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check everything the daemon stands on; what is wrong, and what to do.")

    @OptionGroup var options: SettingOptions

    func run() async throws {
        try await explained {
            guard try await Examination.examine(options.settings(), said: Standard.say) else { throw ExitCode(1) }
        }
    }
}

/// What only the operator decides about the audit log.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "The audit log of this data folder.", subcommands: [Adopt.self])

    /// Goes on from an older database.
    struct Adopt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on with the log from what the database knows, though more was signed here.",
            discussion: """
                After an older backup of the database was restored the daemon signs nothing: it would be a second history \
                under the same key. Without --size this says what was found. With it, the published files are put aside, \
                the log goes on from the database, and its next leaf says so. The daemon must not run.
                """)

        @OptionGroup var options: SettingOptions

        @Option(help: "The leaves that the database knows, as said without this option.")
        var size: Int?

        func run() async throws {
            try await explained {
                let isDone = try await Installation.adoptLog(options.settings(), size: size, said: Standard.say)
                guard isDone else { throw ExitCode(1) }
            }
        }
    }
}
