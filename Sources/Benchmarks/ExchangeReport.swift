import RunRecords
import Statistics
import SystemSupport

/// What `bench allreduce` found: the ways of exchange over a ladder of sizes, and what they say about
/// a model's steps.
public struct ExchangeReport: Codable, Equatable, Sendable {
  /// One way of exchange at one size.
  public struct Line: Codable, Equatable, Sendable {
    public var sync: String
    public var bytes: Int
    /// For each repeat the seconds of the slowest rank, exchange and update together.
    public var slowest: [Double]
    public var fastest: [Double]
    /// Best all-reduce of 1 KiB just before, in seconds.
    public var markerSeconds: Double

    /// All fields at once.
    public init(
      sync: String, bytes: Int, slowest: [Double], fastest: [Double], markerSeconds: Double
    ) {
      self.sync = sync
      self.bytes = bytes
      self.slowest = slowest
      self.fastest = fastest
      self.markerSeconds = markerSeconds
    }
  }

  /// 1, until a key changes its meaning.
  public var format = 1
  public var ranks: Int
  public var nodes: Int
  public var threadsPerRank: Int
  public var binding: BindingClass
  public var cpu: String
  public var mpi: String
  /// What the MPI library has loaded to move bytes, such as `btl/tcp`.
  public var transports: [String]
  public var lines: [Line]
  /// The line fitted to each way's median times, by the way's name.
  public var fits: [String: LinearFit]
  /// What a model's steps will take; nil where no model was named.
  public var prediction: Prediction?

  /// A report; the fits follow from the lines.
  public init(
    ranks: Int, nodes: Int, threadsPerRank: Int, binding: BindingClass, cpu: String, mpi: String,
    transports: [String], lines: [Line], prediction: Prediction?
  ) {
    self.ranks = ranks
    self.nodes = nodes
    self.threadsPerRank = threadsPerRank
    self.binding = binding
    self.cpu = cpu
    self.mpi = mpi
    self.transports = transports
    self.lines = lines
    self.prediction = prediction
    fits = Dictionary(grouping: lines, by: \.sync).compactMapValues { lines in
      LinearFit(
        bytes: lines.map { Double($0.bytes) },
        seconds: lines.map { SampleStatistics.median($0.slowest) ?? 0 })
    }
  }

  /// The report as JSON with sorted keys.
  ///
  /// - Throws: `NotFiniteError` if a number is not finite.
  public func json() throws(NotFiniteError) -> String {
    try SortedJSON.text(self)
  }
}
