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
