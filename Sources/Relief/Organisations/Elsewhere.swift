import Contract

extension Phrase {
    /// What stands for somebody whom a moved union took along, in a list of those that stayed: no row is missing, and none
    /// tells what isn't the reader's any more.
    static let elsewhere = Phrase("another union's", "外单位")
}
