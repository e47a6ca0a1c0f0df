import RunRecords
import Statistics
import SystemSupport

/// The result of `bench`: the machine's limits, and each stage and phase of a training step.
public struct BenchReport: Codable, Equatable, Sendable {
  /// The model and the settings of its steps.
  public struct Work: Codable, Equatable, Sendable {
    public var model: String
    /// The layers as a string.
    public var layers: String
    /// Rows, columns and, if there are several, channels of an image, such as `32x32x3`.
    public var image: String?
    public var parameters: Int
    public var batch: Int
    public var threads: Int
    public var optimizer: String
    /// The requested value: `auto`, `winograd` or `im2col`.
    public var convolution: String
    /// The precision of the factors of products; nil in reports before it could be chosen.
    public var precision: String?
    public var repeats: Int
    public var stepsPerRepeat: Int
    public var warmUpSteps: Int

    /// All fields at once.
    public init(
      model: String, layers: String, image: String?, parameters: Int, batch: Int, threads: Int,
      optimizer: String, convolution: String, precision: String?, repeats: Int,
      stepsPerRepeat: Int, warmUpSteps: Int
    ) {
      self.model = model
      self.layers = layers
      self.image = image
      self.parameters = parameters
      self.batch = batch
      self.threads = threads
      self.optimizer = optimizer
      self.convolution = convolution
      self.precision = precision
      self.repeats = repeats
      self.stepsPerRepeat = stepsPerRepeat
      self.warmUpSteps = warmUpSteps
    }
  }

  /// The machine and its BLAS library.
  public struct Host: Codable, Equatable, Sendable {
    public var cpu: String
    /// Cores of the host.
    public var cores: Int
    /// The cores that the process may use.
    public var allowedCores: [Int]
    public var binding: BindingClass
    public var blas: String
    public var blasKernel: String
    /// The instruction set of the program's own kernels, such as `AVX-512`.
    public var instructionSet: String
    /// Median clock rate in GHz while one thread computes.
    public var clockGHz: Double

    /// All fields at once.
    public init(
      cpu: String, cores: Int, allowedCores: [Int], binding: BindingClass, blas: String,
      blasKernel: String, instructionSet: String, clockGHz: Double
    ) {
      self.cpu = cpu
      self.cores = cores
      self.allowedCores = allowedCores
      self.binding = binding
      self.blas = blas
      self.blasKernel = blasKernel
      self.instructionSet = instructionSet
      self.clockGHz = clockGHz
    }
  }

  /// Version of the JSON format: 2 until the meaning of a key changes; in 1 the peak was an sgemm.
  public var format = 2
  public var work: Work
  public var host: Host
  /// The machine's limits; `shareOfPeak` refers to the first, multiply-adds in registers.
  public var limits: [BenchLine]
  /// The parts of a step, in the order of their computation.
  public var parts: [BenchLine]
  /// The whole step.
  public var step: BenchLine
  /// Training images a second, at the median step.
  public var imagesPerSecond: Double?

  /// A report; computes `imagesPerSecond` and the lines' shares from the measured values.
  public init(
    work: Work, host: Host, limits: [BenchLine], parts: [BenchLine], step: BenchLine
  ) {
    let peak = limits.first?.gflopPerSecond
    let whole = step.seconds.median
    func withShares(_ line: BenchLine) -> BenchLine {
      var line = line
      line.shareOfPeak = peak.flatMap { peak in
        line.gflopPerSecond.flatMap { SampleStatistics.ratio($0, peak) }
      }
      line.shareOfStep = whole.flatMap { whole in
        line.seconds.median.flatMap { SampleStatistics.ratio($0, whole) }
      }
      return line
    }
    self.work = work
    self.host = host
    self.limits = limits
    self.parts = parts.map(withShares)
    self.step = withShares(step)
    imagesPerSecond = whole.flatMap { SampleStatistics.ratio(Double(work.batch), $0) }
  }

  /// The report as JSON with sorted keys.
  ///
  /// - Throws: `NotFiniteError` if a number is not finite.
  public func json() throws(NotFiniteError) -> String {
    try SortedJSON.text(self)
  }
}
