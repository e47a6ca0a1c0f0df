#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The change of the learning rate over a run.
public enum Schedule: String, Sendable, CaseIterable {
  /// The same rate in every step.
  case constant
  /// Half a cosine from the rate down to zero.
  case cosine
  /// Up from 1/25 of the rate in the first 30 % of the steps, then down to 1/250,000 of it.
  ///
  /// This is Smith and Topin's super-convergence with the defaults of PyTorch's `OneCycleLR`
  /// (cosine pieces), but with constant momentum.
  case oneCycle = "one-cycle"

  /// The factor on the learning rate in step `step` (from 1) of `steps`.
  public func factor(step: Int, of steps: Int) -> Double {
    let elapsed = Double(step - 1)
    switch self {
    case .constant: return 1
    case .cosine: return Self.cosine(from: 1, to: 0, share: elapsed / Double(max(steps, 1)))
    case .oneCycle:
      let (start, end) = (1.0 / 25, 1.0 / 250_000)
      let top = 0.3 * Double(steps) - 1
      let last = Double(steps - 1)
      if elapsed <= top {
        return Self.cosine(from: start, to: 1, share: top > 0 ? elapsed / top : 1)
      }
      return Self.cosine(from: 1, to: end, share: last > top ? (elapsed - top) / (last - top) : 1)
    }
  }

  /// Half a cosine from `start` to `end`, at the fraction `share` of its length.
  private static func cosine(from start: Double, to end: Double, share: Double) -> Double {
    end + (start - end) * (1 + cos(Double.pi * min(max(share, 0), 1))) / 2
  }
}
