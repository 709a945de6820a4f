import Contract
import HTTPTypes
import Hummingbird
import Relief
import WorkingDays

/// The files of the transparency log, as C2SP tlog-tiles names them: `checkpoint` and `tile/<level>/<index>[.p/<width>]` for
/// everybody, since they hold only hashes; `tile/entries/<index>[.p/<width>]` for auditors of the root, since the entries
/// are those of all unions.
struct LogFiles {
    let folder: String
    let doorway: Doorway
    private let files = FileIO()

    init(folder: String, doorway: Doorway) {
        (self.folder, self.doorway) = (folder, doorway)
    }

    func add(to router: Router<WebContext>) {
        router.get("/log/**") { request, context in
            let parts = request.uri.path.split(separator: "/").dropFirst().map(String.init)
            guard let kind = Self.kind(parts) else {
                throw Refusal.notFound(
                    Phrase(
                        "There is no such file in the log; it has checkpoint and tile/….",
                        "日志中没有这个文件；有 checkpoint 和 tile/…。"))
            }
            if kind == .entries { try await requireAuditor(request, context) }
            let body = try await files.loadFile(
                path: folder + "/" + parts.joined(separator: "/"), context: context)
            return Response(
                status: .ok, headers: [.contentType: kind.mediaType, .cacheControl: kind.cacheControl], body: body)
        }
    }

    private func requireAuditor(_ request: Request, _ context: WebContext) async throws {
        let principal = try await doorway.authenticate(try await context.credentials(request))
        guard principal.holdsAtRoot(.audit) else {
            throw Refusal.forbidden(
                Phrase(
                    "The entries are those of all unions: it takes the permission audit at the root of the tree; your own are shown by relief audit log.",
                    "日志条目涉及各级工会：须有根节点的审计权限；本单位的条目请用 relief audit log 查看。"))
        }
    }

    /// What a file of the log is.
    enum Kind: Equatable {
        case checkpoint
        case tile
        case entries

        var mediaType: String {
            switch self {
            case .checkpoint: "text/plain; charset=utf-8"
            case .tile, .entries: "application/octet-stream"
            }
        }

        /// A tile never changes, a checkpoint does within a second.
        var cacheControl: String {
            switch self {
            case .checkpoint: "no-cache"
            case .tile: "public, max-age=31536000, immutable"
            case .entries: "private, max-age=31536000, immutable"
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
        guard index.allSatisfy({ $0.hasPrefix("x") && isThousand(String($0.dropFirst())) }) else { return nil }
        return path[1] == "entries" ? .entries : .tile
    }

    private static func isThousand(_ text: String) -> Bool {
        text.utf8.count == 3 && text.isDigits
    }

    private static func isNumber(_ text: String, upTo limit: Int) -> Bool {
        guard let number = Int(digits: text), (0...limit).contains(number) else { return false }
        return String(number) == text
    }
}
