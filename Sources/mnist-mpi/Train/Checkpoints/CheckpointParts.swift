import DataParallel
import Foundation
import HostInspection
import MessagePassing
import OpenBLASEngine
import RunRecords
import SystemSupport

// The parts of a checkpoint that the training does not know by itself.

extension BitConditions {
  /// The conditions of rank 0, on all ranks; called by all ranks.
  ///
  /// Ranks decide by them whether the run can go on, so all must have the same.
  static func ofRoot(
    _ setup: TrainingSetup, _ options: RunOptions, sync: SyncMethod, bucket: Int?
  ) throws -> BitConditions {
    try setup.communicator.broadcast(
      json: BitConditions(setup, options, sync: sync, bucket: bucket))
  }

  /// The conditions of this run; in the reproducible mode those that matter there.
  private init(_ setup: TrainingSetup, _ options: RunOptions, sync: SyncMethod, bucket: Int?) {
    let isFast = options.leafCount == nil
    self.init(
      ranks: isFast ? setup.communicator.size : nil,
      threadsPerRank: isFast ? setup.threads : nil, sync: isFast ? sync.rawValue : nil,
      bucket: isFast ? bucket : nil, leaves: options.leafCount,
      device: setup.device.gpu.map { "cuda \($0.name)" } ?? setup.device.kind,
      convolution: setup.device.gpu == nil ? options.convolution.rawValue : nil,
      blas: BLAS.version, blasKernel: BLAS.kernel, mpi: isFast ? Environment.libraryVersion : nil)
  }
}

extension CheckpointPlan {
  /// The plan of the options; nil without `--checkpoint`.
  init?(
    _ setup: TrainingSetup, _ options: CheckpointOptions, work: Work, _ conditions: BitConditions,
    _ history: RunHistory
  ) {
    guard let directory = options.checkpoint else { return nil }
    let writer =
      setup.communicator.isRoot
      ? CheckpointArchive(setup.job).writer(
        to: directory, keep: options.kept, fault: options.dieIn
      ) { StandardError.writeLine("\(Program.name): warning: \($0)") } : nil
    let globalBatch = setup.job.plan.globalBatch
    self.init(interval: options.interval, writer: writer) { moment in
      Checkpoint.State(
        program: Program.name, version: ProgramVersion.number, work: work,
        globalBatch: globalBatch, conditions: conditions, progress: moment.progress,
        parts: history.parts(
          lastStep: moment.progress.step, trainingSeconds: moment.trainingSeconds,
          totalSeconds: HostFacts.secondsSinceProcessStart(),
          signal: moment.signal.map(StopSignals.name)))
    }
  }
}

extension CheckpointOptions {
  /// The line of a run that looked for a checkpoint and found none; nil if it did not look.
  var freshStart: String? {
    guard resume == Self.newest, let checkpoint else { return nil }
    return "Resume: no checkpoint in \(checkpoint); the run starts afresh"
  }
}
