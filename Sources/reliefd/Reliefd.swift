import ArgumentParser
import Assembly
import Output
import Terminal

@main
struct Reliefd: Program {
    static let configuration = CommandConfiguration(
        commandName: "reliefd", abstract: "The daemon of relief: keeps the data, serves the command line and the API.",
        discussion: """
            Without any setting it makes and runs a PostgreSQL of its own. Settings are read from
            /etc/relief/relief.env (or --config), then from RELIEF_… in the environment, then from options.

            Exit codes: 0 done, 1 failed or not ok, 64 the command line or a setting can't be read, 74 what was said could
            not be written (a full disk). Where nobody reads it, what was begun is carried through all the same.
            """,
        version: Daemon.version,
        subcommands: [Serve.self, Init.self, Migrate.self, DoctorCommand.self, LogCommand.self, BenchCommand.self])

    static func main() async { await perform() }
}

/// Runs a body, and says an error as a person needs it: without the type's name.
func explained<R>(_ body: () async throws -> R) async throws -> R {
    do {
        return try await body()
    } catch let error as SettingsError {
        Standard.error("reliefd: \(error)")
        throw ExitCode(64)
    } catch let exit as ExitCode {
        throw exit
    } catch let unwritten as Unwritten where unwritten.file == nil {
        throw unwritten
    } catch {
        Standard.error("reliefd: \(error)")
        throw ExitCode(1)
    }
}
