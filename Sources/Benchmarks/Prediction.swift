import FoundationEssentials
import RunRecords
import Statistics
import SystemSupport
import TextTables

/// The predicted step time of a run: computation and exchange, measured separately and added.
///
/// `bench allreduce --model` makes it before the run.
public struct Prediction: Codable, Equatable, Sendable {
  /// The parts of a step with one gradient exchange method.
  public struct Method: Codable, Equatable, Sendable {
    public var sync: String
    /// Load, forward and backward of the local batch, while all ranks compute.
    public var computeSeconds: Double
    /// Exchange and update.
    public var exchangeSeconds: Double

    public var stepSeconds: Double { computeSeconds + exchangeSeconds }

    /// All fields at once.
    public init(sync: String, computeSeconds: Double, exchangeSeconds: Double) {
      self.sync = sync
      self.computeSeconds = computeSeconds
      self.exchangeSeconds = exchangeSeconds
    }
  }

  /// The layers as a string.
  public var model: String
  public var optimizer: String
  public var globalBatch: Int
  public var ranks: Int
  public var nodes: Int
  public var threadsPerRank: Int
  public var convolution: String
  public var executableSHA256: String
  public var methods: [Method]
  /// The median step time of the one-rank records of this work; nil if there are none.
  public var oneRankStepSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case model, optimizer, globalBatch, ranks, nodes, threadsPerRank, convolution
    case executableSHA256, oneRankStepSeconds
    case methods = "ways"
  }

  /// All fields at once.
  public init(
    model: String, optimizer: String, globalBatch: Int, ranks: Int, nodes: Int, threadsPerRank: Int,
    convolution: String, executableSHA256: String, methods: [Method], oneRankStepSeconds: Double?
  ) {
    self.model = model
    self.optimizer = optimizer
    self.globalBatch = globalBatch
    self.ranks = ranks
    self.nodes = nodes
    self.threadsPerRank = threadsPerRank
    self.convolution = convolution
    self.executableSHA256 = executableSHA256
    self.methods = methods
    self.oneRankStepSeconds = oneRankStepSeconds
  }

  /// The median step time of one-rank runs that took steps of this kind with this program.
  public static func oneRankStep(like prediction: Prediction, among records: [RunRecord]) -> Double?
  {
    var one = prediction
    (one.ranks, one.nodes) = (1, 1)
    return SampleStatistics.median(
      records.filter { one.isAbout($0) }.compactMap(\.result.stepSeconds.median))
  }

  /// Whether a run took the steps that this prediction is for.
  func isAbout(_ record: RunRecord) -> Bool {
    record.work.model == model && record.work.optimizer.kind == optimizer
      && record.config.globalBatch == globalBatch && record.run.ranks == ranks
      && record.run.nodes == nodes && record.config.threadsPerRank == threadsPerRank
      && record.config.convolution == convolution
      && record.machine.executableSHA256 == executableSHA256
  }

  /// The file of the newest prediction in a directory of records; only one is kept.
  private static func path(in directory: String) -> String {
    SafeFile.join(directory, "newest.prediction")
  }

  /// Writes this prediction for later runs; it replaces an earlier one.
  ///
  /// Called by one rank.
  /// - Throws: `FileError`, or `NotFiniteError`.
  public func keep(in directory: String) throws {
    try SafeFile.makeDirectory(directory)
    try SafeFile.replace(
      Self.path(in: directory), with: try SortedJSON.encode(self, pretty: true),
      content: "prediction")
  }

  /// Reads the newest prediction of a directory; nil if there is none or it cannot be read.
  public static func newest(in directory: String) -> Prediction? {
    (try? SafeFile.read(path(in: directory))).flatMap {
      try? JSONDecoder().decode(Prediction.self, from: $0)
    }
  }

  /// A line with the predicted and the measured step time; nil if the run took other steps.
  public func verdict(on record: RunRecord) -> String? {
    guard isAbout(record), let measured = record.result.stepSeconds.median,
      let method = methods.first(where: { $0.sync == record.config.sync }),
      let ratio = SampleStatistics.ratio(measured, method.stepSeconds)
    else { return nil }
    let sign = ratio < 1 ? "-" : "+"
    return "Predicted: \(NumberText.fixed(1000 * method.stepSeconds, 3)) ms a step "
      + "(bench allreduce); measured: \(NumberText.fixed(1000 * measured, 3)) ms "
      + "(\(sign)\(NumberText.percent(abs(ratio - 1), 1)) %)"
  }
}
