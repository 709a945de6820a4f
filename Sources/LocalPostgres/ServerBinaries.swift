import FoundationEssentials

/// An installed PostgreSQL server: the directory of its programs and its major version.
package struct ServerBinaries: Sendable, Equatable {
    package let directory: String
    package let major: Int

    /// The versions that relief is made for; its tests pass on the first and on the last of them.
    package static let supported = 15...18

    /// Finds a server: in `RELIEF_PG_BIN` if that is set, else the newest supported one in `PATH` and the usual places.
    ///
    /// - Parameter major: the version an existing cluster was made by; only that one can run it.
    /// - Throws: `.serverNotFound`, saying where it looked and what to install.
    package static func find(
        environment: [String: String], major: Int? = nil, places: [String] = usualPlaces
    ) async throws -> ServerBinaries {
        let forced = environment["RELIEF_PG_BIN"].flatMap { $0.isEmpty ? nil : $0 }
        let path = environment["PATH"]?.split(separator: ":").map(String.init) ?? []
        let directories = forced.map { [$0] } ?? path + places
        var found: [ServerBinaries] = []
        for directory in directories where found.allSatisfy({ $0.directory != directory }) {
            if let version = await version(in: directory) {
                found.append(ServerBinaries(directory: directory, major: version))
            }
        }
        let usable = found.filter { $0.major == major ?? $0.major && supported.contains($0.major) }
        // The first of the newest: what stands earlier in PATH wins.
        if let best = usable.max(by: { $0.major < $1.major }) {
            return usable.first { $0.major == best.major } ?? best
        }
        throw notFound(forced: forced, looked: directories, found: found, major: major)
    }

    /// Where distributions put the server's programs, outside `PATH`.
    package static let usualPlaces =
        supported.reversed().flatMap {
            ["/usr/lib/postgresql/\($0)/bin", "/usr/pgsql-\($0)/bin", "/usr/libexec/postgresql\($0)"]
        } + ["/usr/local/pgsql/bin"]

    private static func version(in directory: String) async -> Int? {
        let programs = ["postgres", "initdb", "pg_ctl"].map { "\(directory)/\($0)" }
        guard programs.allSatisfy(FileManager.default.isExecutableFile(atPath:)) else { return nil }
        guard let run = try? await ChildProcess.run([programs[0], "--version"], environment: []), run.status == 0 else {
            return nil
        }
        // "postgres (PostgreSQL) 17.2 (Debian 17.2-1)"
        return run.output.split(separator: ") ").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) }
    }

    private static func notFound(
        forced: String?, looked: [String], found: [ServerBinaries], major: Int?
    ) -> LocalPostgresError {
        let wanted =
            major.map { "PostgreSQL \($0), which made this cluster," }
            ?? "PostgreSQL \(supported.lowerBound) to \(supported.upperBound)"
        let seen = found.map { "PostgreSQL \($0.major) in \($0.directory)" }.joined(separator: ", ")
        let package = major.map { "postgresql-\($0)" } ?? "postgresql"
        let advice =
            forced == nil
            ? "Install it (apt-get install \(package)), or name its directory in RELIEF_PG_BIN, or configure a database URL."
            : "Correct RELIEF_PG_BIN, or unset it to search PATH and the usual places."
        return LocalPostgresError(
            .serverNotFound,
            """
            \(wanted) was not found in \(looked.joined(separator: ", ")). \
            \(seen.isEmpty ? "" : "Found instead: \(seen). ")\(advice)
            """)
    }
}
