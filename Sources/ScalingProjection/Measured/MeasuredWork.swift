import RunRecords
import ScalingComparison
import Statistics
import SystemSupport

/// What the records of one-rank runs say about a work: its name, its size and its compute times.
public struct MeasuredWork: Codable, Equatable, Sendable {
  /// The name of the model, such as `cnn`.
  public let model: String
  /// The canonical text of its layers.
  public let layers: String
  public let parameters: Int
  public let optimizer: String
  /// Numbers that the optimizer keeps for each parameter.
  public let statesPerParameter: Int
  public let cpu: String
  public let threadsPerRank: Int
  public let times: ComputeTimes

  /// All fields at once.
  public init(
    model: String, layers: String, parameters: Int, optimizer: String, statesPerParameter: Int,
    cpu: String, threadsPerRank: Int, times: ComputeTimes
  ) {
    self.model = model
    self.layers = layers
    self.parameters = parameters
    self.optimizer = optimizer
    self.statesPerParameter = statesPerParameter
    self.cpu = cpu
    self.threadsPerRank = threadsPerRank
    self.times = times
  }

  /// The work of the one-rank records among `records`; records of several ranks are passed over.
  ///
  /// - Parameter source: what the records were read from, for messages.
  /// - Throws: `ProjectionError` if there is none that can be used, or if two differ in more than
  ///   batch, length and seed.
  public init(
    records: [(file: String, record: RunRecord)], source: String
  ) throws(ProjectionError) {
    let single = records.filter { $0.record.run.ranks == 1 }
    guard let first = single.first else {
      throw ProjectionError(
        "\(source): none of \(records.count) records is of one rank: expected records of one rank at "
          + "some local batches; make one with mpirun -np 1 mnist-mpi --batch-size 64 --steps 100")
    }
    for item in single { try Self.check(item.record, of: item.file, like: first) }
    let groups = Dictionary(grouping: single, by: \.record.config.globalBatch)
    let points = groups.compactMap { batch, items -> ComputeTimes.Point? in
      SampleStatistics.median(items.compactMap { Self.computeSeconds($0.record) }).map {
        ComputeTimes.Point(localBatch: batch, seconds: $0, records: items.count)
      }
    }
    let updates = single.compactMap { Self.updateSeconds($0.record) }
    guard !points.isEmpty, let update = SampleStatistics.median(updates) else {
      throw ProjectionError(
        "\(first.file): no step after the warm-up: expected a run of more than "
          + "\(first.record.result.warmUpSteps) steps; run it again with --steps 100")
    }
    let record = first.record
    self.init(
      model: record.config.model, layers: record.work.model, parameters: record.work.parameters,
      optimizer: record.work.optimizer.kind, statesPerParameter: Self.states(record),
      cpu: record.machine.cpu, threadsPerRank: record.config.threadsPerRank,
      times: ComputeTimes(points: points, updateSeconds: update))
  }

  /// What limits the use of a record, for a note; empty for an undisturbed measurement.
  public static func disturbances(of record: RunRecord) -> [String] {
    record.run.ranks == 1 ? MeasurementValidity.othersTexts(of: record) : []
  }

  private static func check(
    _ record: RunRecord, of file: String, like first: (file: String, record: RunRecord)
  ) throws(ProjectionError) {
    if record.config.device != "cpu" {
      throw ProjectionError(
        "\(file): the device is \(record.config.device): expected cpu, because the projection has the "
          + "exchange methods of CPUs; leave this record out")
    }
    if let leaves = record.config.leaves {
      throw ProjectionError(
        "\(file): a run of the reproducible mode (\(leaves) leaves): expected the fast mode; leave this "
          + "record out")
    }
    if let reason = MeasurementValidity.ownTexts(of: record).first {
      throw ProjectionError(
        "\(file): \(reason): expected a measurement; leave this record out")
    }
    let work = comparable(record.work).differences(from: comparable(first.record.work))
    if let difference = work.first {
      throw ProjectionError(
        "\(file): another work than \(first.file) (\(difference)): expected records that differ in "
          + "batch, length and seed only; give the records of one work")
    }
    let machine = Conditions(record).differences(from: Conditions(first.record))
    if let difference = machine.first {
      throw ProjectionError(
        "\(file): another machine or program than \(first.file) (\(difference)): expected the same; "
          + "give the records of one machine")
    }
  }

  /// A work without what does not change the time of a step with a given number of samples.
  private static func comparable(_ work: Work) -> Work {
    var same = work
    (same.globalBatch, same.batchPerRank) = (nil, nil)
    (same.epochs, same.steps, same.targetAccuracy) = (0, nil, nil)
    (same.seed, same.initialWeightsSHA256) = (0, nil)
    (same.optimizer.learningRate, same.optimizer.schedule) = (0, "")
    return same
  }

  /// The median step without its update, in whose place each exchange method has its own.
  private static func computeSeconds(_ record: RunRecord) -> Double? {
    stepSeconds(record) { $0.load + $0.forward + $0.backward }
  }

  private static func updateSeconds(_ record: RunRecord) -> Double? {
    stepSeconds(record) { $0.update }
  }

  /// The share of these phases in the median step.
  private static func stepSeconds(
    _ record: RunRecord, _ part: (PhaseSeconds) -> Double
  ) -> Double? {
    guard let phases = record.ranks.first?.phases, let step = record.result.stepSeconds.median,
      let share = SampleStatistics.ratio(part(phases), phases.training)
    else { return nil }
    return step * share
  }

  private static func states(_ record: RunRecord) -> Int {
    let bytes = record.ranks.first?.optimizerStateBytes ?? 0
    return bytes / max(4 * record.work.parameters, 1)
  }
}
