import DataParallel
import Foundation
import HostInspection
import MessagePassing
import RunRecords
import SystemSupport

/// One training run, from the options to the record.
///
/// It connects the modules and contains no algorithm. All ranks execute it alike.
struct TrainingRun {
  let communicator: Communicator
  let work: WorkOptions
  let options: RunOptions

  func run() throws {
    try prepareOutputs()
    let setup = try TrainingSetup.make(communicator, work: work, options: options)
    try HealthCheck(communicator: communicator, place: setup.place, device: setup.device).warn()
    let exchange = try ExchangeChoice.make(
      options.sync, setup.job, onGPU: setup.device.gpu != nil)
    let trainer = try Trainer(setup.job, sync: exchange.method)
    let reporter = ConsoleReporter(
      isSilent: options.quiet || !communicator.isRoot, progress: options.progress)
    reporter.start(setup, exchange: exchange, drill: options.inject)
    let outcome = try train(trainer, setup, reporter)
    let record = try RecordBuilder(setup: setup, work: work, options: options, outcome: outcome)
      .gather(sync: exchange.method)
    try trainer.close()
    _ = try communicator.onRoot(exitCode: ExitCode.cannotCreate) {
      guard let record else { return }
      try write(record, outcome.weights, setup)
      reporter.finish(record, directory: options.results)
    }
  }

  /// Trains, and takes the measurements of a record that the trainer does not take.
  private func train(
    _ trainer: Trainer, _ setup: TrainingSetup, _ reporter: ConsoleReporter
  ) throws -> TrainingOutcome {
    let firstStepAt = HostFacts.secondsSinceProcessStart()
    let meter = try LoadMeter(communicator, setup.place)
    let result = try trainer.run(onEvent: reporter.handle)
    let loads = try meter.finish()
    return TrainingOutcome(
      result: result, weights: trainer.finalWeights(), firstStepAt: firstStepAt, loads: loads,
      bucket: trainer.bucket, optimizerStateBytes: trainer.optimizerStateBytes)
  }

  /// Checks before the training that its results can be written.
  private func prepareOutputs() throws {
    _ = try communicator.onRoot(exitCode: ExitCode.cannotCreate) {
      try RecordStore.prepare(options.results)
      for (option, path) in [("--json", options.json), ("--save", options.save)] {
        if let path { try OutputFile.prepare(path, option: option) }
      }
    }
  }

  private func write(
    _ record: RunRecord, _ weights: [Float], _ setup: TrainingSetup
  ) throws {
    if let path = options.save {
      try WeightFile.write(weights, of: setup.job.model, facts: setup.facts, to: path)
    }
    if let path = options.json { try RecordStore.write(record, toFile: path) }
    try RecordStore.write(record, into: options.results)
  }
}

/// The results of a training run on one rank.
struct TrainingOutcome {
  let result: TrainingResult
  /// The trained weights in canonical order.
  let weights: [Float]
  /// Seconds from the start of the process to the first step.
  let firstStepAt: Double
  /// The load by other programs, on rank 0; nil on other ranks, and if it was not measured.
  let loads: [NodeLoad]?
  /// The number of gradients exchanged in one call; nil for all.
  let bucket: Int?
  let optimizerStateBytes: Int
}
