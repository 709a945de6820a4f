package import Contract

/// A command that only the program itself gives, by its schedules: it has no place in the API.
package protocol SystemCommand: Executable {}

extension SystemCommand {
    package static var permission: Permission { .administer }
    package static var route: Route { .post("/internal/\(name)") }
}

/// How much a system command did, for its job's progress and the log.
package struct WorkDone: Codable, Sendable {
    package var count: Int

    package init(count: Int) {
        self.count = count
    }
}
