import Contract
import HTTPTypes
import Hummingbird
import WorkingDays

/// The public files of the transparency log, as C2SP tlog-tiles names them: `checkpoint`, `tile/<level>/<index>[.p/<width>]`,
/// `tile/entries/<index>[.p/<width>]`.
struct LogFiles {
    let folder: String
    private let files = FileIO()

    init(folder: String) {
        self.folder = folder
    }

    func add(to router: Router<WebContext>) {
        router.get("/log/**") { request, context in
            let parts = request.uri.path.split(separator: "/").dropFirst().map(String.init)
            guard let kind = Self.kind(parts) else {
                throw Refusal.notFound("There is no such file in the log; it has checkpoint and tile/….")
            }
            let body = try await files.loadFile(
                path: folder + "/" + parts.joined(separator: "/"), context: context)
            return Response(
                status: .ok, headers: [.contentType: kind.mediaType, .cacheControl: kind.cacheControl], body: body)
        }
    }

    /// What a file of the log is.
    enum Kind: Equatable {
        case checkpoint
        case tile

        var mediaType: String {
            switch self {
            case .checkpoint: "text/plain; charset=utf-8"
            case .tile: "application/octet-stream"
            }
        }

        /// A tile never changes, a checkpoint does within a second.
        var cacheControl: String {
            switch self {
            case .checkpoint: "no-cache"
            case .tile: "public, max-age=31536000, immutable"
            }
        }
    }

    /// nil for all that isn't a name of the log: nothing else in the folder is shown, and nothing outside it.
    static func kind(_ path: [String]) -> Kind? {
        if path == ["checkpoint"] { return .checkpoint }
        guard path.count >= 3, path[0] == "tile", path[1] == "entries" || isNumber(path[1], upTo: 63) else {
            return nil
        }
        var index = Array(path[2...])
        if let width = index.last, index.count >= 2, index[index.count - 2].hasSuffix(".p") {
            guard isNumber(width, upTo: 255), width != "0" else { return nil }
            index.removeLast()
            index[index.count - 1].removeLast(2)
        }
        guard let last = index.popLast(), isThousand(last) else { return nil }
        return index.allSatisfy { $0.hasPrefix("x") && isThousand(String($0.dropFirst())) } ? .tile : nil
    }

    private static func isThousand(_ text: String) -> Bool {
        text.utf8.count == 3 && text.isDigits
    }

    private static func isNumber(_ text: String, upTo limit: Int) -> Bool {
        guard let number = Int(digits: text), (0...limit).contains(number) else { return false }
        return String(number) == text
    }
}
