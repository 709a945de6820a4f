import ArgumentParser
import Contract

/// Who asks.
struct WhoAmIVerb: QueryVerb {
    static var configuration: CommandConfiguration { described }
    static let tellsTokenEnd = false  // its answer has it
    @OptionGroup var common: CommonOptions

    func operation() -> WhoAmI { WhoAmI() }
}
