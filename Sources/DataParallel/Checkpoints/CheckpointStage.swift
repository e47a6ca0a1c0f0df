import Foundation

/// The stages in which a checkpoint is written, for tests that kill the program in each of them.
public enum CheckpointStage: String, CaseIterable, Sendable {
  /// The numbers are being copied; the training waits.
  case copy
  /// Half of the numbers are written.
  case write
  /// All numbers are written, but the system may still hold them in memory.
  case fsync
  /// The numbers have their final name, and the state has not.
  case rename
}

/// A fault to inject: the rank that writes checkpoints is killed in one stage of one of them.
public struct CheckpointFault: Equatable, Sendable {
  public let stage: CheckpointStage
  /// The number of the checkpoint in this execution of the program, from 1.
  public let number: Int

  /// A fault by its parts.
  public init(stage: CheckpointStage, number: Int) {
    self.stage = stage
    self.number = number
  }

  /// Kills this process if this is the stage.
  func reached(_ stage: CheckpointStage, ofCheckpoint number: Int) {
    if stage == self.stage, number == self.number { _ = kill(getpid(), SIGKILL) }
  }
}
