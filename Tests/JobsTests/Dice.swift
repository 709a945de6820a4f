import Foundation

/// Chance that can be repeated: SplitMix64. A test that rolls takes its seed as an argument, so that the seed is named
/// where the test fails.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in so many rolls.
    mutating func once(in sides: Int) -> Bool { Int.random(in: 0..<sides, using: &self) == 0 }

    /// What a run tries: one fresh seed, `JOBS_SEEDS=25` of them, or the one of `JOBS_SEED=17`.
    static let seeds: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["JOBS_SEED"].flatMap(UInt64.init) { return [seed] }
        let count = environment["JOBS_SEEDS"].flatMap { Int($0) } ?? 1
        return (0..<count).map { _ in .random(in: 0..<1_000_000_000) }
    }()
}
