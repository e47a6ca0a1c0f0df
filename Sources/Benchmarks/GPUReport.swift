import RunRecords
import SystemSupport

/// What `bench gpu` found: checks against the CPU, what the device can do, steps and products of models.
///
/// A part that was left out is nil or empty.
public struct GPUReport: Codable, Equatable, Sendable {
  /// One check against the CPU.
  public struct Check: Codable, Equatable, Sendable {
    public var name: String
    /// A norm relative to what was expected; nil where it is no number.
    public var error: Double?
    public var bound: Double
    public var isGood: Bool

    /// All fields at once.
    public init(name: String, error: Double?, bound: Double, isGood: Bool) {
      self.name = name
      self.error = error
      self.bound = bound
      self.isGood = isGood
    }
  }

  /// Copies and launches.
  public struct Limits: Codable, Equatable, Sendable {
    public var bytesPerSecondToDevice: Double
    public var bytesPerSecondToHost: Double
    /// Of each kernel in a graph.
    public var graphNodeSeconds: Double
    /// Of a graph with one kernel, from its launch until it is waited for.
    public var graphLaunchSeconds: Double

    /// All fields at once.
    public init(
      bytesPerSecondToDevice: Double, bytesPerSecondToHost: Double, graphNodeSeconds: Double,
      graphLaunchSeconds: Double
    ) {
      self.bytesPerSecondToDevice = bytesPerSecondToDevice
      self.bytesPerSecondToHost = bytesPerSecondToHost
      self.graphNodeSeconds = graphNodeSeconds
      self.graphLaunchSeconds = graphLaunchSeconds
    }
  }

  /// One product of a layer.
  public struct Product: Codable, Equatable, Sendable {
    public var name: String
    public var flop: Double
    /// Tile and parts of the project's own kernel.
    public var cut: String
    public var seconds: Double
    /// By cuBLAS, where it takes such a product.
    public var cublasSeconds: Double?

    /// All fields at once.
    public init(name: String, flop: Double, cut: String, seconds: Double, cublasSeconds: Double?) {
      self.name = name
      self.flop = flop
      self.cut = cut
      self.seconds = seconds
      self.cublasSeconds = cublasSeconds
    }
  }

  /// A model at a batch.
  public struct Network: Codable, Equatable, Sendable {
    public var model: String
    public var batch: Int
    /// Of a step among many in graphs, as one rank trains.
    public var graphStepSeconds: Double?
    /// Of such a step.
    public var kernelsOfStep: Int?
    /// Of a step by way of the host, as several ranks train, without the exchange.
    public var hostStepSeconds: Double?
    public var products: [Product] = []

    /// A network of which nothing has been measured.
    public init(model: String, batch: Int) {
      self.model = model
      self.batch = batch
    }
  }

  /// 1, until a key changes its meaning.
  public var format = 1
  public var device: String
  public var capability: String
  /// Versions of driver and libraries, in words.
  public var versions: String
  public var precision: String
  /// Measurements of which each figure is the median.
  public var repeats: Int
  /// Until the device was ready.
  public var startSeconds: Double
  public var checks: [Check] = []
  public var limits: Limits?
  public var networks: [Network] = []

  /// A report of which no part is done.
  public init(
    device: String, capability: String, versions: String, precision: String, repeats: Int,
    startSeconds: Double
  ) {
    self.device = device
    self.capability = capability
    self.versions = versions
    self.precision = precision
    self.repeats = repeats
    self.startSeconds = startSeconds
  }

  /// The report as JSON with sorted keys.
  ///
  /// - Throws: `NotFiniteError` if a number is not finite.
  public func json() throws(NotFiniteError) -> String {
    try SortedJSON.text(self)
  }
}
