import CLibPQ
import Synchronization

/// Options for libpq.
typealias Options = [(key: String, value: String)]

/// The host of a list that serves where it isn't the first: new connections go to it for as long as it does.
///
/// A primary that was left and comes back takes writes as before, and knows nothing of the one that was promoted meanwhile:
/// some connections to it, some to the other, would be two histories in one program. Copies of settings share this, so that
/// a pool and the connections beside it go one way.
final class ServingHost: Sendable {
    private let known = Mutex<Options?>(nil)

    /// Connects to the host that served last, or else to the first of the list that serves. Blocks.
    func connect(_ settings: Settings) -> OpaquePointer? {
        if let host = known.withLock(\.self) {
            let opened = Self.connect(host, expandsName: false)
            if PQstatus(opened) == CONNECTION_OK { return opened }
            PQfinish(opened)
            forget(host)
        }
        let opened = Self.connect(settings.connectParameters, expandsName: true)
        if let opened, PQstatus(opened) == CONNECTION_OK {
            let host = Self.isFirst(opened) ? nil : Self.options(of: opened)
            known.withLock { $0 = host }
        }
        return opened
    }

    /// The host with these options doesn't serve any more; another that does by now stays.
    func forget(_ host: Options) {
        known.withLock { known in
            if known?.elementsEqual(host, by: ==) == true { known = nil }
        }
    }

    /// All options of a connection, with its own host instead of the list. An option can't be overwritten by an empty one, as
    /// the ports of hosts that named none: so the list goes altogether.
    static func options(of handle: OpaquePointer) -> Options {
        let place = place(of: handle)
        // What a service says is among the others already.
        let others = given(to: handle).filter { option in
            option.key != "service" && !place.contains { $0.key == option.key }
        }
        return others + place.filter { $0.value != "" }
    }

    private static func place(of handle: OpaquePointer) -> Options {
        [("host", PQhost(handle)), ("hostaddr", PQhostaddr(handle)), ("port", PQport(handle))].map { key, value in
            (key, value.map { String(cString: $0) } ?? "")
        }
    }

    private static func given(to handle: OpaquePointer) -> Options {
        guard let first = PQconninfo(handle) else { return [] }
        defer { PQconninfoFree(first) }
        var options: Options = []
        var option = first
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { options.append((String(cString: keyword), String(cString: value))) }
            option += 1
        }
        return options
    }

    /// The list leads there anyway.
    private static func isFirst(_ handle: OpaquePointer) -> Bool {
        let given = given(to: handle)
        return place(of: handle).allSatisfy { key, value in
            let list = given.first { $0.key == key }?.value ?? ""
            let first = list.split(separator: ",", omittingEmptySubsequences: false).first ?? ""
            return first.isEmpty || first == value
        }
    }

    private static func connect(_ options: Options, expandsName: Bool) -> OpaquePointer? {
        withCStrings(options.map(\.key)) { keys in
            withCStrings(options.map(\.value)) { values in PQconnectdbParams(keys, values, expandsName ? 1 : 0) }
        }
    }
}
