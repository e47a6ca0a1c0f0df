import DataParallel
import Dataset
import Foundation
import HostInspection
import MessagePassing
import NeuralNetwork
import RunRecords
import SystemSupport

/// One run from options to record: wiring, no algorithm.
///
/// All ranks go through it alike.
struct TrainingRun {
  let communicator: Communicator
  let work: WorkOptions
  let options: RunOptions

  func run() throws {
    let startedAt = Date()
    try prepareOutputs()
    let device = try DeviceChoice.make(communicator, work: work, options: options)
    let data = try Scatter.distribute(
      over: communicator, virtualShards: work.virtualShards, leaves: options.leafCount
    ) {
      try DataSource.locate(
        option: work.data, environment: ProcessInfo.processInfo.environment
      ).read(limit: work.limit, seed: work.seed)
    }
    let plan = try makePlan(data.facts)
    let model = try makeModel(data.facts)
    let optimizer = work.optimizer(
      steps: plan.plannedSteps(samples: data.facts.trainingCount))
    // One thread is enough to keep a GPU busy.
    let place = try RankPlace.find(
      communicator, threads: device.gpu == nil ? options.threads : 1)
    try HealthCheck(communicator: communicator, place: place, device: device.text).warn()
    let (engine, threads) = try device.engine(
      model, optimizer, threads: place.threads, convolution: options.convolution)
    let exchange = try ExchangeChoice.make(
      options.sync, communicator, engine: engine, onGPU: device.gpu != nil
    ) { methods in
      try Trainer.compare(
        methods, communicator: communicator, data: data, model: model, optimizer: optimizer,
        engine: engine, plan: plan, bucket: options.bucket)
    }
    let trainer = try Trainer(
      communicator: communicator, data: data, model: model, optimizer: optimizer, engine: engine,
      plan: plan, sync: exchange.method, bucket: options.bucket)

    let reporter = ConsoleReporter(
      isSilent: options.quiet || !communicator.isRoot, progress: options.progress)
    reporter.start(
      device: device.summary, facts: data.facts, model: model, plan: plan, ranks: communicator.size,
      nodes: place.nodes, threads: threads, cut: data.cut, exchange: exchange)
    let firstStepAt = HostFacts.secondsSinceProcessStart()
    let meter = try LoadMeter(communicator, place)
    let result = try trainer.run(onEvent: reporter.handle)
    let loads = try meter.finish()

    let weights = trainer.finalWeights()
    let record = try RecordBuilder(
      communicator: communicator, work: work, optimizer: optimizer, options: options,
      device: device, data: data.facts,
      plan: plan, model: model, place: place, threads: threads, sync: exchange.method,
      bucket: trainer.bucket,
      optimizerStateBytes: trainer.optimizerStateBytes,
      workingSetBytes: WorkingSet.bytes(
        model, data: data, plan: plan, rank: communicator.rank,
        optimizerStateBytes: trainer.optimizerStateBytes),
      loads: loads, startedAt: startedAt, firstStepAt: firstStepAt
    ).gather(result, weights: weights)
    try trainer.close()
    _ = try communicator.onRoot(exitCode: ExitCode.cannotCreate) {
      guard let record else { return }
      try keep(record, weights: weights, of: model, facts: data.facts)
      reporter.finish(record, directory: options.results)
    }
  }

  /// Finds out before training whether what it yields can be written.
  private func prepareOutputs() throws {
    _ = try communicator.onRoot(exitCode: ExitCode.cannotCreate) {
      try RecordStore.prepare(options.results)
      for (option, path) in [("--json", options.json), ("--save", options.save)] {
        if let path { try OutputFile.prepare(path, option: option) }
      }
    }
  }

  private func makePlan(_ facts: DataFacts) throws -> TrainingPlan {
    let perRank = work.batchSizePerRank
    let globalBatch = perRank.map { $0 * communicator.size } ?? work.globalBatch
    guard globalBatch <= facts.trainingCount else {
      let option = perRank.map { "--batch-size-per-rank \($0) on \(communicator.size) ranks" }
      throw AgreedError(
        "\(option ?? "--batch-size \(globalBatch)"): a global batch of \(globalBatch) is more than "
          + "the \(facts.trainingCount) training images; expected at most that many",
        exitCode: ExitCode.usage)
    }
    return TrainingPlan(
      globalBatch: globalBatch, epochs: work.plannedEpochs ?? 1, steps: work.plannedSteps,
      targetAccuracy: work.targetAccuracy, seed: work.seed, logInterval: options.logInterval,
      checkInterval: options.checkReplicas, bitFlip: options.flipBit,
      sampleSwap: options.swapSamples)
  }

  private func makeModel(_ facts: DataFacts) throws -> Model {
    do {
      return try work.modelChoice.make(
        height: facts.height, width: facts.width, classes: facts.classes)
    } catch {
      throw AgreedError("\(error)", exitCode: ExitCode.usage)
    }
  }

  private func keep(
    _ record: RunRecord, weights: [Float], of model: Model, facts: DataFacts
  ) throws {
    if let path = options.save {
      try WeightFile.write(weights, of: model, facts: facts, to: path)
    }
    if let path = options.json { try RecordStore.write(record, toFile: path) }
    try RecordStore.write(record, into: options.results)
  }
}
