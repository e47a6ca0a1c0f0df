public import RunRecords

/// Simulated step times of a work on a platform, by the number of ranks.
///
/// The module's README.md defines every key of its file.
public struct Projection: Codable, Equatable, Sendable {
  /// The format that this program writes and reads.
  public static let currentFormat = 1

  /// The simulated machine.
  public struct Machine: Codable, Equatable, Sendable {
    /// The name of the platform's file without folders and ending.
    public let platform: String
    public let hosts: Int
    public let ranksPerNode: Int
    public let selector: CollectiveSelector
    /// Such as `SimGrid version 3.32`.
    public let simulator: String

    /// All fields at once.
    public init(
      platform: String, hosts: Int, ranksPerNode: Int, selector: CollectiveSelector,
      simulator: String
    ) {
      self.platform = platform
      self.hosts = hosts
      self.ranksPerNode = ranksPerNode
      self.selector = selector
      self.simulator = simulator
    }
  }

  /// A step on some ranks.
  public struct Point: Codable, Equatable, Sendable {
    public let ranks: Int
    public let nodes: Int
    /// Samples of the rank that has most.
    public let localBatch: Int
    /// Load, forward and backward on that rank.
    public let computeSeconds: Double
    public let stepSeconds: Double
    /// Whether a local batch of these ranks was outside the measured ones.
    public let isExtrapolated: Bool

    /// All fields at once.
    public init(
      ranks: Int, nodes: Int, localBatch: Int, computeSeconds: Double, stepSeconds: Double,
      isExtrapolated: Bool
    ) {
      self.ranks = ranks
      self.nodes = nodes
      self.localBatch = localBatch
      self.computeSeconds = computeSeconds
      self.stepSeconds = stepSeconds
      self.isExtrapolated = isExtrapolated
    }
  }

  /// The steps of a gradient exchange method, by ranks ascending from one.
  public struct Curve: Codable, Equatable, Sendable {
    public let scaling: Scaling
    /// The global batch under strong scaling, the local batch under weak scaling.
    public let batch: Int
    public let sync: ExchangeMethod
    public let points: [Point]

    /// All fields at once.
    public init(scaling: Scaling, batch: Int, sync: ExchangeMethod, points: [Point]) {
      self.scaling = scaling
      self.batch = batch
      self.sync = sync
      self.points = points
    }

    /// T(1)/T(p), under weak scaling times p; nil without one rank.
    public func speedup(_ point: Point) -> Double? {
      guard let one = points.first, one.ranks == 1, point.stepSeconds > 0 else { return nil }
      let ratio = one.stepSeconds / point.stepSeconds
      return scaling == .weak ? ratio * Double(point.ranks) : ratio
    }

    /// The speedup divided by the number of ranks.
    public func efficiency(_ point: Point) -> Double? {
      speedup(point).map { $0 / Double(point.ranks) }
    }
  }

  public let format: Int
  public let program: String
  public let version: String
  public let work: MeasuredWork
  public let machine: Machine
  public let curves: [Curve]

  /// A document of this program's format.
  public init(version: String, work: MeasuredWork, machine: Machine, curves: [Curve]) {
    format = Self.currentFormat
    program = "mnist-mpi"
    self.version = version
    self.work = work
    self.machine = machine
    self.curves = curves
  }
}
