/// How exactly the factors of products are taken.
///
/// Parameters, sums, losses and the optimizer are in single precision always.
public enum Precision: String, Sendable, CaseIterable {
  /// Single precision.
  case float32
  /// Factors rounded to 10 bits of fraction, which tensor cores multiply.
  case tf32
  /// Factors rounded to 7 bits of fraction, which tensor cores multiply twice as fast.
  case bfloat16
}
