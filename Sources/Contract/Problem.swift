/// A refusal as it travels over HTTP: `application/problem+json` (RFC 9457).
package struct Problem: Codable, Sendable {
    package static let mediaType = "application/problem+json"

    package var type: String
    package var title: String
    package var status: Int
    package var detail: String
    /// A `Refusal.Code`; left open, so that an older client can read a newer daemon.
    package var code: String
    package var field: String?
    package var details: [String]?
    package var reference: String?

    /// The refusal's sentences in one language.
    package init(_ refusal: Refusal, in language: Language = .english) {
        type = "about:blank"
        title = refusal.code.title
        status = refusal.code.status
        detail = refusal.phrase.text(in: language)
        code = refusal.code.rawValue
        field = refusal.field
        details = refusal.particulars?.map { $0.text(in: language) }
        reference = refusal.reference
    }

    /// The refusal it carried; a code that this program doesn't know counts as internal.
    package var refusal: Refusal {
        Refusal(
            Refusal.Code(rawValue: code) ?? .internal, Phrase(asGiven: detail), field: field,
            details: details?.map(Phrase.init(asGiven:)), reference: reference)
    }
}
