import Statistics

/// Repeated timings of one part of a benchmark, with the rates computed from them.
public struct BenchLine: Codable, Equatable, Sendable {
  /// The name of the part, such as `conv1, relu`.
  public var name: String
  /// The phase: `load`, `forward`, `backward`, `update`, `rest`, or empty.
  public var phase: String
  /// Whether the line is a stage or another part of a phase, and not a whole phase.
  public var isWithinPhase: Bool
  /// The method of computation, such as `winograd`; empty if there is only one.
  public var method: String
  /// The seconds of each repeat.
  public var repeats: [Double]
  /// Their distribution.
  public var seconds: Distribution
  /// Floating-point operations by direct counting, in 10^9.
  public var gflop: Double?
  /// 10^9 operations a second, at the median time.
  public var gflopPerSecond: Double?
  /// `gflopPerSecond` divided by that of the first of `BenchReport.limits`: 1 is as fast.
  public var shareOfPeak: Double?
  /// Bytes read and written, in 10^9.
  public var gigabytes: Double?
  /// 10^9 bytes a second, at the median time.
  public var gigabytesPerSecond: Double?
  /// The median time divided by the median time of the whole step.
  public var shareOfStep: Double?

  /// A line from measured seconds; `BenchReport` sets the two shares.
  public init(
    name: String, phase: String = "", isWithinPhase: Bool = false, method: String = "",
    repeats: [Double], gflop: Double? = nil, gigabytes: Double? = nil
  ) {
    self.name = name
    self.phase = phase
    self.isWithinPhase = isWithinPhase
    self.method = method
    self.repeats = repeats
    self.gflop = gflop
    self.gigabytes = gigabytes
    let seconds = Distribution(repeats)
    self.seconds = seconds
    func rate(_ amount: Double?) -> Double? {
      amount.flatMap { amount in seconds.median.flatMap { SampleStatistics.ratio(amount, $0) } }
    }
    gflopPerSecond = rate(gflop)
    gigabytesPerSecond = rate(gigabytes)
  }
}
