import DataParallel
import MessagePassing
import RunRecords

/// Where a run starts: at its first step, or at a checkpoint.
///
/// All ranks make one.
struct RunStart {
  let exchange: ExchangeChoice
  let trainer: Trainer
  /// The earlier parts of the run.
  let history: RunHistory
  /// When checkpoints are written; nil without `--checkpoint`.
  let checkpoints: CheckpointPlan?
  /// The line about the checkpoint that was found or not; nil if none was looked for.
  let resumptionText: String?

  /// Finds the checkpoint, chooses the exchange method, makes the trainer, and restores its numbers.
  ///
  /// - Throws: `AgreedError` for a checkpoint that cannot be used or is of another run.
  init(
    _ setup: TrainingSetup, work: WorkOptions, options: RunOptions,
    _ checkpointOptions: CheckpointOptions
  ) throws {
    let work = Work(setup, work)
    var resumption = try Resumption.find(setup, checkpointOptions, work: work)
    exchange =
      try resumption?.method(requested: options.sync).map { ExchangeChoice(method: $0) }
      ?? ExchangeChoice.make(options.sync, setup.job, onGPU: setup.device.gpu != nil)
    trainer = try Trainer(setup.job, sync: exchange.method)
    let conditions = try BitConditions.ofRoot(
      setup, options, sync: exchange.method, bucket: trainer.bucket)
    try resumption?.checkConditions(conditions, allowed: checkpointOptions.allowDifferentBits)
    if let resumption { try trainer.resume(resumption.state.progress, resumption.numbers) }
    history = RunHistory(setup, resumption)
    checkpoints = CheckpointPlan(
      setup, checkpointOptions, work: work, conditions, history)
    resumptionText = resumption?.text ?? checkpointOptions.freshStart
  }
}
