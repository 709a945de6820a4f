/// What is charged beside a step for each node evaluated, element visited and 16 bytes of text handled. A step stands for
/// about a fifth of a microsecond at most, measured: so the limit of the steps is a limit of the time.
enum Cost {
    /// An error that is made, sentence and all, and absorbed.
    static let error = 64
    /// An entry of a map, or a field of a record, that is found, put or compared.
    static let key = 3
    /// A list, map or record that is compared.
    static let container = 6
    /// A text that is read as another type; a type that is made or compared.
    static let conversion = 4
    /// A time zone that is looked up by name.
    static let zone = 32
    /// Instructions of a regular expression that are looked at for a step.
    static let instructions = 4

    static let conversions: Set<String> = [
        "string", "int", "uint", "double", "bool", "timestamp", "duration", "date", "type",
    ]
}
