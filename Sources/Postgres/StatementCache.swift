/// The statements that a connection has prepared, keyed by text and bind types, the longest unused given up first.
struct StatementCache {
    /// Two calls with the same key may share a plan.
    struct Key: Hashable {
        let text: String
        let types: [PostgresType]

        init(_ sql: SQL) {
            text = sql.text
            types = sql.parameters.map(\.type)
        }
    }

    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private var lastName: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// The name under which the server knows the statement.
    mutating func name(of key: Key) -> String? {
        clock += 1
        entries[key]?.lastUse = clock
        return entries[key]?.name
    }

    /// A name that was never used before, so that a statement forgotten by mistake can't be met again.
    mutating func newName() -> String {
        lastName += 1
        return "s\(lastName)"
    }

    mutating func insert(_ key: Key, name: String) {
        clock += 1
        entries[key] = Entry(name: name, lastUse: clock)
    }

    /// The statements to give up so that `incoming` new ones fit, those in `keeping` excepted.
    func surplus(incoming: Int, keeping: Set<Key>) -> [Key] {
        let excess = entries.count + incoming - capacity
        guard excess > 0 else { return [] }
        let candidates = entries.filter { !keeping.contains($0.key) }.sorted { $0.value.lastUse < $1.value.lastUse }
        return candidates.prefix(excess).map(\.key)
    }

    @discardableResult
    mutating func remove(_ key: Key) -> String? {
        entries.removeValue(forKey: key)?.name
    }

    mutating func removeAll() {
        entries = [:]
    }
}
