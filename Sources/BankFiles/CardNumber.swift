/// The check digit of bank cards. It warns only: passbook and corporate accounts do not follow it.
package enum CardNumber {
    /// Whether 16 to 19 digits have a right Luhn check digit.
    package static func hasValidCheckDigit(_ number: String) -> Bool {
        let digits = number.utf8.map { Int($0) - 48 }
        guard (16...19).contains(digits.count), digits.allSatisfy({ (0...9).contains($0) }) else { return false }
        var sum = 0
        for (place, figure) in digits.reversed().enumerated() {
            let value = place.isMultiple(of: 2) ? figure : figure * 2
            sum += value > 9 ? value - 9 : value
        }
        return sum.isMultiple(of: 10)
    }
}
