/// What may save or end a training between the ends of its epochs.
public struct TrainingControl {
  /// The signal that asked this rank to stop; every rank looks in every step.
  ///
  /// Ranks may receive it at different steps, or only some of them. All stop after the same step,
  /// because the requests are summed with the gradients.
  public var stopSignal: () -> Int32?
  /// Nil for a run without checkpoints.
  public var checkpoints: CheckpointPlan?
  /// Ends a run that makes no progress; nil if nothing watches.
  public var watchdog: Watchdog?

  /// A control by its parts; by default nothing is saved and nothing stops the training.
  public init(
    stopSignal: @escaping () -> Int32? = { nil }, checkpoints: CheckpointPlan? = nil,
    watchdog: Watchdog? = nil
  ) {
    self.stopSignal = stopSignal
    self.checkpoints = checkpoints
    self.watchdog = watchdog
  }
}

/// When a training writes checkpoints, and what it does not know of them itself.
public struct CheckpointPlan {
  /// The same on all ranks.
  public let interval: CheckpointInterval
  /// Writes the files; nil on all ranks but rank 0.
  public let writer: CheckpointWriter?
  /// The rest of a checkpoint's state; called on rank 0.
  public let describe: (TrainingMoment) -> Checkpoint.State

  /// A plan by its parts.
  public init(
    interval: CheckpointInterval, writer: CheckpointWriter?,
    describe: @escaping (TrainingMoment) -> Checkpoint.State
  ) {
    self.interval = interval
    self.writer = writer
    self.describe = describe
  }
}

/// What the training knows when it writes a checkpoint.
public struct TrainingMoment {
  public let progress: TrainingProgress
  /// Training seconds of this part of the run.
  public let trainingSeconds: Double
  /// The signal that stops the run now; nil if it goes on.
  public let signal: Int32?
}

/// What ranks ask for after a step.
struct StepRequests: Equatable {
  /// The number of ranks that ask to stop.
  var stops = 0
  /// The number of ranks that ask for a checkpoint.
  var checkpoints = 0

  static func + (one: StepRequests, other: StepRequests) -> StepRequests {
    StepRequests(
      stops: one.stops + other.stops, checkpoints: one.checkpoints + other.checkpoints)
  }
}
