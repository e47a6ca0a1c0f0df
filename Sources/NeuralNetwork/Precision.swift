/// The precision to which the factors of matrix products are rounded.
///
/// Parameters, sums, losses and the optimizer always use single precision.
public enum Precision: String, Sendable, CaseIterable {
  /// Single precision.
  case float32
  /// Factors rounded to 10 bits of fraction, for tensor cores.
  case tf32
  /// Factors rounded to 7 bits of fraction, for tensor cores, which multiply them twice as fast as `tf32`,
  /// and for processors with AVX512_BF16.
  case bfloat16
}
