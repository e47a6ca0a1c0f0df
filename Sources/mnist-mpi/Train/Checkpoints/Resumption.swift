import DataParallel
import Foundation
import MessagePassing
import RunRecords
import SystemSupport

/// The checkpoint that a run goes on from; all ranks know its state, and rank 0 its numbers.
struct Resumption {
  /// The file of its state.
  let file: String
  let state: Checkpoint.State
  /// Nil on all ranks but rank 0.
  let numbers: TrainingNumbers?
  /// Conditions that differ from those of this run, as `--allow-different-bits` permits.
  private(set) var differences: [String] = []

  /// Finds the checkpoint that the options name; nil for a run from the start.
  ///
  /// Called by all ranks.
  /// - Throws: `AgreedError` for a checkpoint that cannot be used, or whose run is of another work, and
  ///   for a directory with checkpoints that would be overwritten.
  static func find(
    _ setup: TrainingSetup, _ options: CheckpointOptions, work: Work
  ) throws -> Resumption? {
    let communicator = setup.communicator
    let found = try communicator.onRoot(exitCode: ExitCode.data) {
      try load(setup.job, options)
    }
    let loaded = found.flatMap { $0 }
    let file = try communicator.broadcast(loaded?.file ?? "")
    guard !file.isEmpty else { return nil }
    let resumption = Resumption(
      file: file, state: try communicator.broadcast(json: loaded?.checkpoint.state),
      numbers: loaded?.checkpoint.numbers)
    try resumption.checkWork(work, globalBatch: setup.job.plan.globalBatch)
    return resumption
  }

  /// The checkpoint of the options, on rank 0.
  private static func load(
    _ job: TrainingJob, _ options: CheckpointOptions
  ) throws -> (file: String, checkpoint: Checkpoint)? {
    let archive = CheckpointArchive(job)
    guard let resume = options.resume else {
      if let directory = options.checkpoint,
        let step = CheckpointArchive.newestStep(in: directory)
      {
        throw CheckpointError(
          "--checkpoint \(directory): holds checkpoints of an earlier run, up to step \(step); add "
            + "--resume to go on with it, or choose another directory")
      }
      return nil
    }
    guard resume == CheckpointOptions.newest else {
      return (resume, try archive.load(resume))
    }
    guard let directory = options.checkpoint else { return nil }
    return try archive.newest(in: directory) {
      StandardError.writeLine("\(Program.name): warning: \($0)")
    }
  }

  /// Refuses to go on with another work.
  private func checkWork(_ work: Work, globalBatch: Int) throws {
    var earlier = state.work
    // Without a schedule the length of the run changes no step.
    if work.optimizer.schedule == "constant" {
      (earlier.epochs, earlier.steps) = (work.epochs, work.steps)
      earlier.targetAccuracy = work.targetAccuracy
    }
    var differences = earlier.differences(from: work)
    if state.globalBatch != globalBatch {
      differences.append("global batch: \(state.globalBatch) against \(globalBatch)")
    }
    guard differences.isEmpty else {
      throw AgreedError(
        "--resume \(file): its run does other work: \(differences.joined(separator: "; ")); give the "
          + "same options as that run", exitCode: ExitCode.usage)
    }
  }

  /// Refuses other bits, unless they are allowed.
  mutating func checkConditions(_ conditions: BitConditions, allowed: Bool) throws {
    differences = state.conditions.differences(from: conditions)
    guard differences.isEmpty || allowed else {
      throw AgreedError(
        "--resume \(file): the run would not end with the bits of one that was never stopped: "
          + "\(differences.joined(separator: "; ")); start it as before, or add "
          + "--allow-different-bits", exitCode: ExitCode.usage)
    }
  }

  /// The method of the checkpoint's run, where the run is to choose one by itself.
  func method(requested: SyncOption?) -> SyncMethod? {
    requested == .auto ? state.conditions.sync.flatMap(SyncMethod.init) : nil
  }

  /// One line for the start of the run.
  var text: String {
    "Resume: from \(file), step \(state.progress.step), epoch \(state.progress.epoch)"
      + (differences.isEmpty
        ? "" : "; bits may differ: \(differences.joined(separator: "; "))")
  }
}
