/// The answer “no”, said so that a person can act on it: what was refused, where, and what to do.
package struct Refusal: Error, Codable, Sendable, Equatable {
    package enum Code: String, Codable, CaseIterable, Sendable {
        case invalid
        case unauthenticated
        case forbidden
        case notFound
        /// The path is one of the API's, the method isn't.
        case wrongMethod
        case conflict
        case tooLarge
        case unavailable
        case `internal`
    }

    package var code: Code
    /// One sentence: what, where, what to do.
    package var phrase: Phrase
    /// The field of the operation that is at fault, as `members.1.person`.
    package var field: String?
    /// Further sentences, one each: all that is missing, every row at fault.
    package var particulars: [Phrase]?
    /// The number under which the daemon's log has the whole of an internal error.
    package var reference: String?

    /// The sentences in English, for logs.
    package var message: String { phrase.en }
    package var details: [String]? { particulars?.map(\.en) }

    package init(
        _ code: Code, _ phrase: Phrase, field: String? = nil, details: [Phrase]? = nil, reference: String? = nil
    ) {
        self.code = code
        self.phrase = phrase
        self.field = field
        self.particulars = details
        self.reference = reference
    }

    package static func invalid(_ phrase: Phrase, field: String? = nil, details: [Phrase]? = nil) -> Refusal {
        Refusal(.invalid, phrase, field: field, details: details)
    }

    package static func forbidden(_ phrase: Phrase, field: String? = nil) -> Refusal {
        Refusal(.forbidden, phrase, field: field)
    }

    package static func notFound(_ phrase: Phrase, field: String? = nil) -> Refusal {
        Refusal(.notFound, phrase, field: field)
    }

    package static func conflict(_ phrase: Phrase, field: String? = nil, details: [Phrase]? = nil) -> Refusal {
        Refusal(.conflict, phrase, field: field, details: details)
    }

    package static func tooLarge(_ phrase: Phrase, field: String? = nil) -> Refusal {
        Refusal(.tooLarge, phrase, field: field)
    }

    package static func unauthenticated(_ phrase: Phrase) -> Refusal { Refusal(.unauthenticated, phrase) }

    package static func unavailable(_ phrase: Phrase) -> Refusal { Refusal(.unavailable, phrase) }
}

extension Refusal.Code {
    /// HTTP status.
    package var status: Int {
        switch self {
        case .invalid: 422
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .wrongMethod: 405
        case .conflict: 409
        case .tooLarge: 413
        case .unavailable: 503
        case .internal: 500
        }
    }

    /// Exit code of `relief`; 0 is done, 64 a command line that can't be read.
    package var exitCode: Int32 {
        switch self {
        case .invalid, .tooLarge, .wrongMethod: 3
        case .notFound: 4
        case .conflict: 5
        case .unauthenticated, .forbidden: 6
        case .unavailable: 7
        case .internal: 70
        }
    }

    /// The phrase that HTTP has for the status.
    package var title: String {
        switch self {
        case .invalid: "Unprocessable Content"
        case .unauthenticated: "Unauthorized"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .wrongMethod: "Method Not Allowed"
        case .conflict: "Conflict"
        case .tooLarge: "Content Too Large"
        case .unavailable: "Service Unavailable"
        case .internal: "Internal Server Error"
        }
    }
}
