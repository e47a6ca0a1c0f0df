import RunRecords
import Statistics
import SystemSupport

/// The result of `bench allreduce`: times of the gradient exchange methods for several sizes.
///
/// With `--model`, the report also contains a prediction of that model's step time.
public struct ExchangeReport: Codable, Equatable, Sendable {
  /// Timings of one gradient exchange method at one size.
  public struct Line: Codable, Equatable, Sendable {
    /// The method's name, such as `node`.
    public var sync: String
    /// Size of each rank's gradients.
    public var bytes: Int
    /// For each repeat, the seconds of exchange and update on the slowest rank.
    public var slowest: [Double]
    /// For each repeat, the seconds of exchange and update on the fastest rank.
    public var fastest: [Double]
    /// The fastest of several all-reduces of 1 KiB just before, in seconds.
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

  /// Version of the JSON format: 1 until the meaning of a key changes.
  public var format = 1
  public var ranks: Int
  public var nodes: Int
  public var threadsPerRank: Int
  public var binding: BindingClass
  public var cpu: String
  public var mpi: String
  /// Components that the MPI library has loaded for message transport, such as `btl/tcp`.
  public var transports: [String]
  public var lines: [Line]
  /// The model fitted to each method's median times of the slowest rank, by the method's name.
  public var fits: [String: LinearFit]
  /// The predicted step time of a model; nil without `--model`.
  public var prediction: Prediction?

  /// A report; computes the fits from the lines.
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
