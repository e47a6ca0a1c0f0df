import Foundation

/// Seeded standard normal numbers, the same on every machine: SplitMix64 and Box-Muller.
///
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct NormalNumbers {
  private var state: UInt64
  private var second: Double?

  init(seed: UInt64) { state = seed }

  /// The next 64 random bits.
  mutating func bits() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  /// The next standard normal number.
  mutating func next() -> Double {
    if let number = second {
      second = nil
      return number
    }
    // In (0, 1], so that the logarithm is finite.
    let radius = (-2 * log(Double((bits() >> 11) + 1) * 0x1p-53)).squareRoot()
    let angle = 2 * Double.pi * Double(bits() >> 11) * 0x1p-53
    second = radius * sin(angle)
    return radius * cos(angle)
  }
}
