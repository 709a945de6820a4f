import Contract

/// What a verb is about: the field that stands in its route, written alone after the verb.
enum Subject {
    /// Verbs that stand under another noun as well.
    private static let elsewhere = ["job.pause": "queue.pause", "job.resume": "queue.resume"]

    /// `case show R1` → `case show --case R1`; anything else stays as it is.
    static func named(in arguments: [String]) -> [String] {
        guard arguments.count >= 3, !arguments[2].hasPrefix("-"),
            case let name = arguments[0] + "." + arguments[1],
            let operation = Catalogue.operation(named: elsewhere[name] ?? name),
            let subject = operation.route.parameters.first
        else { return arguments }
        return arguments[..<2] + ["--" + subject] + arguments[2...]
    }
}
