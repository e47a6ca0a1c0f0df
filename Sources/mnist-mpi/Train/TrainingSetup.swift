import DataParallel
import Dataset
import Foundation
import Hashing
import MessagePassing
import NeuralNetwork
import SavedModels
import SystemSupport

/// The parts of a run that exist before its first step: device, placement, and the training job.
struct TrainingSetup {
  let startedAt: Date
  let device: DeviceChoice
  let place: RankPlace
  let job: TrainingJob
  /// The number of threads that the engine keeps busy.
  let threads: Int
  /// SHA-256 of the weights of `--init`; nil without.
  let initialWeightsSHA256: String?

  var communicator: Communicator { job.communicator }
  var facts: DataFacts { job.data.facts }

  /// Chooses the device, scatters the data, and makes plan, model, optimizer and engine.
  ///
  /// Called by all ranks.
  /// - Throws: `AgreedError` for data that cannot be read and for options that do not fit the data.
  static func make(
    _ communicator: Communicator, work: WorkOptions, options: RunOptions
  ) throws -> TrainingSetup {
    let startedAt = Date()
    let device = try DeviceChoice.make(communicator, work: work, options: options)
    let data = try Scatter.distribute(
      over: communicator, virtualShards: work.virtualShards, leaves: options.leafCount,
      onProgress: ReadingProgress(isSilent: options.quiet).makeReport()
    ) {
      try work.dataset.source().open(work.dataOptions)
    }
    if options.onNan == .skip, device.gpu != nil {
      throw AgreedError(
        "--on-nan skip: not available on a GPU, which updates before the loss of all ranks is known; "
          + "use --device cpu or leave it out", exitCode: ExitCode.usage)
    }
    let plan = try makePlan(data.facts, communicator, work, options)
    let model = try makeModel(data.facts, work)
    let weights = try initialWeights(communicator, for: model, work)
    let optimizer = work.optimizer(steps: plan.plannedSteps(samples: data.facts.trainingCount))
    // One thread is enough to keep a GPU busy.
    let place = try RankPlace.find(communicator, threads: device.gpu == nil ? options.threads : 1)
    let (engine, threads) = try device.engine(
      model, optimizer, threads: place.threads, convolution: options.convolution)
    return TrainingSetup(
      startedAt: startedAt, device: device, place: place,
      job: TrainingJob(
        communicator: communicator, data: data, model: model, optimizer: optimizer, engine: engine,
        plan: plan, bucket: options.bucket, initialWeights: weights), threads: threads,
      initialWeightsSHA256: work.initialWeights == nil
        ? nil
        : try communicator.broadcast(
          weights.map { $0.withUnsafeBytes { SHA256.hex(of: $0) } } ?? ""))
  }

  private static func makePlan(
    _ facts: DataFacts, _ communicator: Communicator, _ work: WorkOptions, _ options: RunOptions
  ) throws -> TrainingPlan {
    let perRank = work.batchSizePerRank
    let globalBatch = perRank.map { $0 * communicator.size } ?? work.globalBatch
    guard globalBatch <= facts.trainingCount else {
      let option = perRank.map { "--batch-size-per-rank \($0) on \(communicator.size) ranks" }
      throw AgreedError(
        "\(option ?? "--batch-size \(globalBatch)"): a global batch of \(globalBatch) is more than "
          + "the \(facts.trainingCount) training images; expected at most that many",
        exitCode: ExitCode.usage)
    }
    if let drill = options.inject, drill.drill.rank >= communicator.size {
      throw AgreedError(
        "--inject \(drill.text): expected a rank from 0 to \(communicator.size - 1)",
        exitCode: ExitCode.usage)
    }
    var plan = TrainingPlan(
      globalBatch: globalBatch, epochs: work.plannedEpochs ?? 1, steps: work.plannedSteps,
      targetAccuracy: work.targetAccuracy, seed: work.seed, logInterval: options.logInterval,
      checkInterval: options.checkReplicas, sampleSwap: options.swapSamples,
      drill: options.inject?.drill)
    plan.skipsNonFinite = options.onNan == .skip
    plan.shift = work.shift
    if options.trace != nil {
      let last = plan.plannedSteps(samples: facts.trainingCount)
      guard last > 0 else {
        throw AgreedError(
          "--trace: a run of no steps has nothing to trace; leave it out or raise --steps",
          exitCode: ExitCode.usage)
      }
      if let steps = options.traceSteps, steps.range.upperBound > last {
        throw AgreedError(
          "--trace-steps \(steps.text): the run has \(last) steps; expected steps from 1 to \(last)",
          exitCode: ExitCode.usage)
      }
      plan.tracedSteps = options.traceSteps?.range ?? 1...last
    }
    return plan
  }

  /// The weights of `--init`, on rank 0.
  ///
  /// - Throws: `AgreedError` on all ranks for weights of another model.
  private static func initialWeights(
    _ communicator: Communicator, for model: Model, _ work: WorkOptions
  ) throws -> [Float]? {
    guard let path = work.initialWeights else { return nil }
    return try communicator.onRoot(exitCode: ExitCode.data) {
      let saved = try SavedModel(path: path)
      if let difference = saved.difference(from: model) {
        throw AgreedError("--init \(path): \(difference)", exitCode: ExitCode.data)
      }
      return saved.weights
    }
  }

  private static func makeModel(_ facts: DataFacts, _ work: WorkOptions) throws -> Model {
    do {
      return try work.modelChoice.make(
        height: facts.shape.height, width: facts.shape.width, channels: facts.shape.channels,
        classes: facts.classes.count)
    } catch {
      throw AgreedError("\(error)", exitCode: ExitCode.usage)
    }
  }
}
