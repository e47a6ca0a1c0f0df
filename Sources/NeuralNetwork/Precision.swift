/// The precision to which the factors of matrix products are rounded.
///
/// Parameters, sums, losses and the optimizer always use single precision.
public enum Precision: String, Sendable, CaseIterable {
  /// Single precision.
  case float32
  /// Factors rounded to 10 bits of fraction, for tensor cores.
  case tf32
  /// Factors rounded to 7 bits of fraction, which tensor cores multiply twice as fast as `tf32`.
  case bfloat16
}
