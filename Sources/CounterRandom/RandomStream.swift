/// A named, numbered sequence of random words: draw `i` is a function of (seed, name, i) alone.
///
/// The key is the seed's low and high half. The stream's name, as UTF-8, is hashed by 64-bit
/// FNV-1a to `h`. Draw `i` is word `i mod 4` of the Philox4x32-10 block with the counter
/// `(low(i/4), high(i/4), low(h), high(h))`.
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private let nameHash: UInt64

  /// Makes the stream `name` of the generator with the seed `seed`.
  public init(seed: UInt64, name: String) {
    key = [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)]
    nameHash = name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// Returns the four draws `4 * index ..< 4 * index + 4`.
  public func block(_ index: UInt64) -> SIMD4<UInt32> {
    Philox.block(
      counter: [
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
        UInt32(truncatingIfNeeded: nameHash), UInt32(truncatingIfNeeded: nameHash >> 32),
      ], key: key)
  }

  /// Returns draw number `index`: 32 uniformly distributed bits.
  public func word(_ index: Int) -> UInt32 { block(UInt64(index) / 4)[index % 4] }

  /// Returns draw number `index` as an integer in `0..<bound`: `floor(word * bound / 2^32)`.
  ///
  /// The bias is below `bound / 2^32`.
  public func integer(_ index: Int, below bound: Int) -> Int {
    precondition(bound > 0 && bound <= 1 << 32, "bound \(bound) is not in 1...2^32")
    return Self.integer(word(index), below: bound)
  }

  private static func integer(_ word: UInt32, below bound: Int) -> Int {
    Int((UInt64(word) * UInt64(bound)) >> 32)
  }

  /// Fills `values` with the draws from 0 on as numbers strictly between -1 and 1, times `bound`.
  ///
  /// Value `i`, made from draw `i`, is `Float((2 * (word + 0.5) / 2^32 - 1) * bound)`, computed in
  /// double precision.
  public func fillSymmetric(_ values: inout [Float], bound: Double) {
    for first in stride(from: 0, to: values.count, by: 4) {
      let words = block(UInt64(first) / 4)
      for lane in 0..<min(4, values.count - first) {
        let unit = (Double(words[lane]) + 0.5) / 4_294_967_296
        values[first + lane] = Float((2 * unit - 1) * bound)
      }
    }
  }

  /// Shuffles `values` by the Fisher-Yates algorithm with the draws from 0 on.
  ///
  /// For `k` from the last position down to 1, the values at positions `k` and
  /// `integer(draw, below: k + 1)` are swapped; each `k` uses one draw.
  public func shuffle(_ values: inout [Int]) {
    var words = SIMD4<UInt32>()
    for draw in 0..<max(values.count - 1, 0) {
      if draw % 4 == 0 { words = block(UInt64(draw) / 4) }
      let last = values.count - 1 - draw
      values.swapAt(last, Self.integer(words[draw % 4], below: last + 1))
    }
  }
}
