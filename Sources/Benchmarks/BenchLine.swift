import Statistics

/// One thing that was timed again and again, and the rates that follow.
public struct BenchLine: Codable, Equatable, Sendable {
  /// Such as `conv1, relu`.
  public var name: String
  /// `load`, `forward`, `backward`, `update`, `rest`, or nothing.
  public var phase: String
  /// Whether it is a stage or another part of a phase and not the phase itself.
  public var isWithinPhase: Bool
  /// How it is computed, such as `winograd`; empty where nothing is to choose.
  public var method: String
  /// The seconds of each repeat.
  public var repeats: [Double]
  /// Their distribution.
  public var seconds: Distribution
  /// Floating-point operations by direct counting, in 10^9.
  public var gflop: Double?
  /// At the median.
  public var gflopPerSecond: Double?
  /// Of the rate of the machine's best product: 1 is as fast.
  public var shareOfPeak: Double?
  /// Bytes read and written, in 10^9.
  public var gigabytes: Double?
  /// At the median.
  public var gigabytesPerSecond: Double?
  /// Of the whole step's median.
  public var shareOfStep: Double?

  /// A line of measured seconds; the shares are the report's business.
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
