import ArgumentParser
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
  let checkpointOptions: CheckpointOptions

  func run() throws {
    // From here on a signal is an orderly end, also while the data are read. But a run of a study that
    // is stopped must leave no record, so a signal kills it.
    let signals = options.studyRun == nil ? StopSignals() : nil
    // A reader of the output that ends does not end the training.
    Foundation.signal(SIGPIPE, SIG_IGN)
    let outputs = RunOutputs(
      options: options, checkpointDirectory: checkpointOptions.checkpoint)
    _ = try communicator.onRoot(exitCode: SystemSupport.ExitCode.cannotCreate) {
      try outputs.prepare()
    }
    let setup = try TrainingSetup.make(communicator, work: work, options: options)
    try HealthCheck(communicator: communicator, place: setup.place, device: setup.device).warn()
    let start = try RunStart(setup, work: work, options: options, checkpointOptions)
    let reporter = ConsoleReporter(
      isRoot: communicator.isRoot, isQuiet: options.quiet, progress: options.progress)
    reporter.start(
      setup, exchange: start.exchange, drill: options.inject, resumption: start.resumptionText)
    let watchdog = try options.timeout.map {
      try Watchdog(over: communicator, timeout: $0, program: Program.name)
    }
    let control = TrainingControl(
      stopSignal: { signals?.received }, checkpoints: start.checkpoints, watchdog: watchdog)
    let outcome = try train(start.trainer, setup, reporter, control)
    let record = try RecordBuilder(
      setup: setup, work: work, options: options, outcome: outcome, history: start.history,
      signal: outcome.result.stopSignal.map(StopSignals.name)
    ).gather(sync: start.exchange.method)
    try start.trainer.close()
    _ = try communicator.onRoot(exitCode: SystemSupport.ExitCode.outputLost) {
      guard let record else { return }
      let problems = outputs.write(record, outcome, setup)
      reporter.finish(record, directory: options.results)
      guard problems.isEmpty else {
        throw OutputError(
          description: "the training is complete, but " + problems.joined(separator: "; "))
      }
    }
    if let signal = outcome.result.stopSignal {
      try end(by: signal, start.checkpoints, outcome.result)
    }
  }

  /// Trains, and takes the measurements of a record that the trainer does not take.
  private func train(
    _ trainer: Trainer, _ setup: TrainingSetup, _ reporter: ConsoleReporter,
    _ control: TrainingControl
  ) throws -> TrainingOutcome {
    let firstStepAt = HostFacts.secondsSinceProcessStart()
    let meter = try LoadMeter(communicator, setup.place)
    let result = try trainer.run(control: control, onEvent: reporter.handle)
    let loads = try meter.finish()
    return TrainingOutcome(
      result: result, weights: trainer.finalWeights(), firstStepAt: firstStepAt, loads: loads,
      bucket: trainer.bucket, optimizerStateBytes: trainer.optimizerStateBytes)
  }

  /// Ends all ranks with the exit code of a run that a signal stopped.
  private func end(
    by signal: Int32, _ checkpoints: CheckpointPlan?, _ result: TrainingResult
  ) throws {
    let saved = try communicator.broadcast(
      checkpoints?.writer?.savedStep == result.steps ? result.steps : 0)
    if communicator.isRoot {
      let name = StopSignals.name(of: signal)
      StandardError.writeLine(
        "\(Program.name): stopped by \(name) after step \(result.steps); "
          + (saved > 0
            ? "the same command with --resume goes on from there"
            : "no checkpoint was written" + (checkpoints == nil ? " (see --checkpoint)" : "")))
    }
    throw ArgumentParser.ExitCode(saved > 0 ? SystemSupport.ExitCode.interrupted : 128 + signal)
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
