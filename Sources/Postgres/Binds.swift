import CLibPQ

/// The binds of one statement laid out as libpq wants them.
struct Binds {
    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    let types: [Oid]

    init(_ parameters: [Parameter]) {
        types = parameters.map(\.type.rawValue)
        for parameter in parameters {
            switch parameter.value {
            case .null: append([], format: 0, isNull: true)
            // libpq would cut a text off at a zero. As bytes it goes whole, and the server refuses it.
            case .text(let text): append(text.utf8, format: text.utf8.contains(0) ? 1 : 0)
            case .bytes(let raw): append(raw, format: 1)
            }
        }
    }

    private mutating func append(_ value: some Collection<UInt8>, format: Int32, isNull: Bool = false) {
        offsets.append(isNull ? nil : bytes.count)
        lengths.append(Int32(value.count))
        formats.append(format)
        bytes += value
        // Texts end with a zero; after raw bytes it does no harm and gives an empty value an address.
        bytes.append(0)
    }

    /// Calls libpq with the number of binds, their values, lengths and formats; the pointers are valid inside only.
    func withPointers<R>(_ body: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) -> R) -> R {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }
            return body(Int32(values.count), values, lengths, formats)
        }
    }
}
