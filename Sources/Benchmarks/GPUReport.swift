import RunRecords
import SystemSupport

/// The result of `bench gpu`: checks against the CPU, limits of the device, timings of models.
///
/// The timings are those of steps and of matrix products. A part that was not run is nil or empty.
public struct GPUReport: Codable, Equatable, Sendable {
  /// One check against the CPU.
  public struct Check: Codable, Equatable, Sendable {
    public var name: String
    /// The largest error, as a norm relative to the expected values; nil if it is not finite.
    public var error: Double?
    /// The largest error allowed.
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

  /// Limits of the device: rates of copies, times of graph launches.
  public struct Limits: Codable, Equatable, Sendable {
    public var bytesPerSecondToDevice: Double
    public var bytesPerSecondToHost: Double
    /// The time of each kernel in a graph.
    public var graphNodeSeconds: Double
    /// The time of a graph with one kernel, from its launch until the host has waited for its end.
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

  /// One matrix product of a layer.
  public struct Product: Codable, Equatable, Sendable {
    public var name: String
    public var flop: Double
    /// How the project's own kernel divides the product: the tile, and the parts of the reduction.
    public var cut: String
    /// The time with the project's own kernel.
    public var seconds: Double
    /// The time with cuBLAS; nil if it is missing or does not compute such a product.
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

  /// Timings of a model at one batch size.
  public struct Network: Codable, Equatable, Sendable {
    public var model: String
    /// Rows, columns and, if there are several, channels of an image, such as `32x32x3`.
    public var image: String?
    public var batch: Int
    /// The time of a step when graphs of many steps are launched, as one rank alone trains.
    public var graphStepSeconds: Double?
    /// The number of kernels of such a step.
    public var kernelsOfStep: Int?
    /// The time of a step through the host, as several ranks train, without the exchange.
    public var hostStepSeconds: Double?
    public var products: [Product] = []

    /// A network without any measurement.
    public init(model: String, image: String?, batch: Int) {
      self.model = model
      self.image = image
      self.batch = batch
    }
  }

  /// Version of the JSON format: 1 until the meaning of a key changes.
  public var format = 1
  public var device: String
  public var capability: String
  /// Versions of the driver and the libraries, as printed.
  public var versions: String
  public var precision: String
  /// The number of measurements; each figure is their median.
  public var repeats: Int
  /// The time until the device was ready.
  public var startSeconds: Double
  public var checks: [Check] = []
  public var limits: Limits?
  public var networks: [Network] = []

  /// A report without any part.
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
