import Contract
import Output

extension Standard {
    /// A number that should stand in no list of processes: for `-`, the next line of the standard input.
    static func secret(_ argument: String, field: String) throws -> String {
        guard argument == "-" else { return argument }
        guard let line = readLine(), !line.isEmpty else {
            throw Refusal.invalid(
                Phrase("The standard input has no line for “-”.", "标准输入没有供“-”读取的一行。"), field: field)
        }
        return line
    }
}
