import Contract

/// The words of a command line as the parser knows them.
enum Words {
    /// Verbs that stand under another noun as well.
    private static let elsewhere = ["job.pause": "queue.pause", "job.resume": "queue.resume"]

    /// Noun and verb in English, whatever language they were typed in, and what the verb is about as the option that it is:
    /// `案件 查看 R1` → `case show --case R1`. Anything else stays as it is.
    static func understood(_ typed: [String]) -> [String] {
        var words = typed
        guard let first = words.first, let noun = Noun.named(first) else { return words }
        words[0] = noun.name
        guard words.count >= 2 else { return words }
        words[1] = VerbGlossary.verb(words[1])
        guard words.count >= 3, !words[2].hasPrefix("-"), case let name = noun.name + "." + words[1],
            let operation = Catalogue.operation(named: elsewhere[name] ?? name),
            let subject = operation.route.parameters.first
        else { return words }
        return words[..<2] + ["--" + subject] + words[2...]
    }
}
