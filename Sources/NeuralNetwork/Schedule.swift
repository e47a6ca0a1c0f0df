#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How the learning rate changes over a run.
public enum Schedule: String, Sendable, CaseIterable {
  /// The same rate in every step.
  case constant
  /// Half a cosine from the rate down to zero.
  case cosine
  /// Up from a 25th of the rate within the first 30 % of the steps, then down to a 250,000th: Smith
  /// and Topin's super-convergence with PyTorch's `OneCycleLR` defaults (cosine pieces, momentum
  /// left alone).
  case oneCycle = "one-cycle"

  /// The factor on the learning rate in step `step` (from 1) of `steps`.
  public func factor(step: Int, of steps: Int) -> Double {
    let place = Double(step - 1)
    switch self {
    case .constant: return 1
    case .cosine: return Self.cosine(from: 1, to: 0, share: place / Double(max(steps, 1)))
    case .oneCycle:
      let (start, end) = (1.0 / 25, 1.0 / 250_000)
      let top = 0.3 * Double(steps) - 1
      let last = Double(steps - 1)
      if place <= top { return Self.cosine(from: start, to: 1, share: top > 0 ? place / top : 1) }
      return Self.cosine(from: 1, to: end, share: last > top ? (place - top) / (last - top) : 1)
    }
  }

  private static func cosine(from start: Double, to end: Double, share: Double) -> Double {
    end + (start - end) * (1 + cos(Double.pi * min(max(share, 0), 1))) / 2
  }
}
