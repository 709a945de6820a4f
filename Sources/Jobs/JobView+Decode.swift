import FoundationEssentials

extension JobView {
    /// The stored value, read as an engine would read it. Throws what decoding throws.
    public func decoded<J: Job>(as type: J.Type = J.self) throws -> J {
        try J.read(Data(args.utf8), version: version)
    }
}
