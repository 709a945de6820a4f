import ArgumentParser
import Assembly
import Foundation

@main
struct Reliefd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reliefd", abstract: "The daemon of relief: keeps the data, serves the command line and the API.",
        discussion: """
            Without any setting it makes and runs a PostgreSQL of its own. Settings are read from
            /etc/relief/relief.env (or --config), then from RELIEF_… in the environment, then from options.

            Exit codes: 0 done, 1 failed or not ok, 64 the command line or a setting can't be read.
            """,
        version: Daemon.version,
        subcommands: [Serve.self, Init.self, Migrate.self, DoctorCommand.self, BenchCommand.self])

    /// Prints a line at once, also into a pipe.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// Runs a body, and says an error as a person needs it: without the type's name.
func explained<R>(_ body: () async throws -> R) async throws -> R {
    do {
        return try await body()
    } catch let error as SettingsError {
        FileHandle.standardError.write(Data("reliefd: \(error)\n".utf8))
        throw ExitCode(64)
    } catch let exit as ExitCode {
        throw exit
    } catch {
        FileHandle.standardError.write(Data("reliefd: \(error)\n".utf8))
        throw ExitCode(1)
    }
}
