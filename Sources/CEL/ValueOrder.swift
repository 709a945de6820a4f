extension Value {
    /// The order of two values that CEL can order; nil for NaN, and for types without an order between them.
    static func order(_ a: Value, _ b: Value) -> Order? {
        switch (a, b) {
        case (.bool(let x), .bool(let y)): Order(x ? 1 : 0, y ? 1 : 0)
        case (.int(let x), .int(let y)): Order(x, y)
        case (.uint(let x), .uint(let y)): Order(x, y)
        case (.int(let x), .uint(let y)): x < 0 ? .less : Order(UInt64(x), y)
        case (.uint, .int): order(b, a)?.reversed
        case (.double(let x), .double(let y)): x.isNaN || y.isNaN ? nil : Order(x, y)
        case (.int(let x), .double(let y)): orderOfInteger(x, y)
        case (.uint(let x), .double(let y)): orderOfInteger(x, y)
        case (.double, .int), (.double, .uint): order(b, a)?.reversed
        case (.string(let x), .string(let y)): order(of: x.utf8, y.utf8)
        case (.bytes(let x), .bytes(let y)): order(of: x, y)
        case (.timestamp(let x), .timestamp(let y)): Order(x, y)
        case (.duration(let x), .duration(let y)): Order(x, y)
        case (.date(let x), .date(let y)): Order(x, y)
        default: nil
        }
    }

    /// Map keys in a fixed order, so that text and iteration do not depend on hashing.
    static func keyPrecedes(_ a: Value, _ b: Value) -> Bool {
        if let order = order(a, b), order != .equal { return order == .less }
        return a.type.description < b.type.description
    }

    /// CEL's `==`: numbers by value across types, NaN never; everything else only within its type.
    ///
    /// `spend` is told the work done and may throw, because shared structure can make it exponential.
    static func equals(
        _ a: Value, _ b: Value, spend: (Int) throws(CELError) -> Void
    ) throws(CELError) -> Bool {
        switch (a, b) {
        case (.string(let x), .string(let y)):
            try spend(1 + min(x.utf8.count, y.utf8.count) / 16)
            return a == b
        case (.list(let x), .list(let y)):
            guard x.count == y.count else { return false }
            try spend(Cost.container)
            for (left, right) in zip(x, y) {
                try spend(1)
                guard try equals(left, right, spend: spend) else { return false }
            }
            return true
        case (.map(let x), .map(let y)):
            guard x.count == y.count else { return false }
            try spend(Cost.container)
            for (key, left) in x {
                try spend(Cost.key + key.textSteps)
                guard let right = lookup(key, in: y) else { return false }
                guard try equals(left, right, spend: spend) else { return false }
            }
            return true
        case (.record(let x, let left), .record(let y, let right)):
            guard x == y else { return false }
            try spend(Cost.container)
            for name in Set(left.keys).union(right.keys) {
                try spend(Cost.key)
                guard try equals(left[name] ?? .null, right[name] ?? .null, spend: spend) else { return false }
            }
            return true
        case (.bytes(let x), .bytes(let y)):
            try spend(1 + min(x.count, y.count) / 16)
            return x == y
        case (.type, .type):
            try spend(Cost.conversion)
            return a == b
        default:
            try spend(1)
            return a.isNumeric && b.isNumeric ? order(a, b) == .equal : a == b
        }
    }

    /// The entry under `key`, where `1`, `1u` and `1.0` are the same key.
    static func lookup(_ key: Value, in map: [Value: Value]) -> Value? {
        if let found = map[key] { return found }
        guard key.isNumeric else { return nil }
        if case .double(let x) = key {
            return Int64(exactly: x).flatMap { map[.int($0)] } ?? UInt64(exactly: x).flatMap { map[.uint($0)] }
        }
        if case .int(let x) = key { return UInt64(exactly: x).flatMap { map[.uint($0)] } }
        if case .uint(let x) = key { return Int64(exactly: x).flatMap { map[.int($0)] } }
        return nil
    }

    private static func orderOfInteger<Integer: FixedWidthInteger>(_ x: Integer, _ y: Double) -> Order? {
        if y.isNaN { return nil }
        // Compared as integers: converting the integer to double would round it above 2^53.
        let whole = y.rounded(.down)
        guard let integer = Integer(exactly: whole) else { return y < 0 ? .greater : .less }
        return integer == x && whole < y ? .less : Order(x, integer)
    }

    private static func order<Bytes: Sequence<UInt8>>(of x: Bytes, _ y: Bytes) -> Order {
        if x.lexicographicallyPrecedes(y) { return .less }
        return y.lexicographicallyPrecedes(x) ? .greater : .equal
    }
}

/// How two values stand to each other.
enum Order: Sendable {
    case less, equal, greater

    init<Item: Comparable>(_ a: Item, _ b: Item) {
        self = a < b ? .less : a == b ? .equal : .greater
    }

    var reversed: Order { self == .less ? .greater : self == .greater ? .less : .equal }
}
