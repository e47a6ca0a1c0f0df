/// The counter-based generator Philox4x32-10.
///
/// A block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit key, so that
/// any draw can be computed anywhere without the draws before it. Source: Salmon, Moraes, Dror and
/// Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
public enum Philox {
  /// Returns the four words of one block: ten rounds applied to `counter` with `key`.
  public static func block(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let (high0, low0) = (0xD251_1F53 as UInt32).multipliedFullWidth(by: counter[0])
      let (high1, low1) = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: counter[2])
      counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0]
      key = [key[0] &+ 0x9E37_79B9, key[1] &+ 0xBB67_AE85]
    }
    return counter
  }
}
