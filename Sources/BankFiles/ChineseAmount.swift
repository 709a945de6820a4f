/// 大写金额: the amount in the words that cannot be altered with a pen, by annex 1 of 支付结算办法.
///
/// 整 ends a whole amount of yuan; after jiao it may be left out and is. Zeros inside are one 零.
/// A negative amount begins with 负.
package func uppercaseAmount(fen: Int64) -> String {
    let magnitude = fen.magnitude
    let (yuan, jiao, cents) = (magnitude / 100, Int(magnitude / 10 % 10), Int(magnitude % 10))
    var words = fen < 0 ? "负人民币" : "人民币"
    if yuan > 0 { words += integer(yuan) + "元" }
    if jiao == 0, cents == 0 { return words + (yuan == 0 ? "零元整" : "整") }
    if jiao > 0 {
        words += digits[jiao] + "角"
    } else if yuan > 0 {
        words += "零"
    }
    return cents > 0 ? words + digits[cents] + "分" : words
}

private let digits = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"]

/// 1 and more, without a leading 零.
private func integer(_ value: UInt64) -> String {
    let steps: [(size: UInt64, unit: String)] = [
        (100_000_000, "亿"), (10_000, "万"), (1_000, "仟"), (100, "佰"), (10, "拾"),
    ]
    guard let (size, unit) = steps.first(where: { value >= $0.size }) else { return digits[Int(value)] }
    let head = integer(value / size) + unit
    let rest = value % size
    return rest == 0 ? head : head + (rest < size / 10 ? "零" : "") + integer(rest)
}
