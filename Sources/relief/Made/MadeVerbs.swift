import ArgumentParser
import Contract
import Terminal

/// The verb of a query that only passes its fields on.
struct Asking<Asked: Query>: QueryVerb {
    static var configuration: CommandConfiguration { described }
    @OptionGroup var fields: Fields<Asked>
    @OptionGroup var common: CommonOptions

    func operation() throws -> Asked { try fields.operation() }
}

/// The verb of a command that only passes its fields on.
struct Doing<Asked: Command>: CommandVerb {
    static var configuration: CommandConfiguration { described }
    @OptionGroup var fields: Fields<Asked>
    @OptionGroup var sending: SendingOptions
    @OptionGroup var common: CommonOptions

    func operation() throws -> Asked { try fields.operation() }

    /// The facts that were given, as the case has them now: whoever wrote an amount sees what it was taken for.
    func notes(on reply: Asked.Reply) -> [String] {
        guard let file = reply as? CaseView else { return [] }
        let names = (fields.typed.values["facts"] ?? []).compactMap { value in
            if case .text(let text) = value { text.prefix { $0 != "=" }.description } else { nil }
        }
        return file.factRows.filter { names.contains($0[0]) }.map { "  \($0[0]) = \($0[1])  \($0[2])" }
    }
}
