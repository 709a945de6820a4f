package import Contract

/// The operator's deliberate act: from now on the log goes on from what the database knows, though more, or something
/// else, was signed here. It stands in the log that it begins.
package struct AdoptLog: SystemCommand {
    package typealias Reply = WorkDone
    package static let name = "log.adopt"
    package static let summary = Phrase("Goes on with the log from what the database knows.", "以数据库所知为准继续日志。")

    let adopted: Int
    let signed: Int
    let signedRoot: String

    /// `adopted`: leaves that the database knows; `signed`: those that were signed here, with their root.
    package init(adopted: Int, signed: Int, signedRoot: String) {
        (self.adopted, self.signed, self.signedRoot) = (adopted, signed, signedRoot)
    }

    package func execute(in context: CommandContext) async throws -> WorkDone {
        context.note("adopted", .int(Int64(adopted)))
        context.note("signed", .int(Int64(signed)))
        context.note("signedRoot", .string(signedRoot))
        return WorkDone(count: max(0, signed - adopted))
    }
}
