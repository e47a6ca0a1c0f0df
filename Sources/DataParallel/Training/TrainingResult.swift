public import RunRecords

/// The results and times of a run, as measured by one rank.
public struct TrainingResult {
  /// Number of first steps that are excluded from rates as warm-up.
  public static let warmUpSteps = 5

  /// Steps of the whole run so far, those of earlier parts included.
  public var steps = 0
  /// Steps of earlier parts of the run, which times and rates exclude; 0 if it was not resumed.
  public var stepsBefore = 0
  /// Samples of earlier parts.
  public var samplesBefore = 0
  /// Steps that did not update the parameters, because their loss was not finite.
  public var skippedSteps = 0
  /// Checkpoints that this part of the run copied.
  public var checkpoints = 0
  /// Seconds for which this rank's training waited for copies of checkpoints, within the training time.
  public var checkpointSeconds = 0.0
  /// Samples of all ranks in the whole run so far, each counted as often as it was used.
  public var samplesSeen = 0
  /// Samples that this rank computed.
  public var localSamples = 0
  /// This rank's training time, evaluation excluded.
  public var trainingSeconds = 0.0
  public var phases = PhaseSeconds()
  /// Seconds of this rank's backward phase that a drill added.
  public var injectedSeconds = 0.0
  /// Phases with one common time, stored in the last of them; nil if all were measured separately.
  public var fusedPhases: [Phase]?
  /// Mean loss over the global batch of the last step.
  public var finalLoss = 0.0
  public var epochs: [EpochSummary] = []
  /// SHA-256 of the parameters before the first step, in canonical order; only on rank 0.
  public var initialWeightsSHA256 = ""
  public var stoppedBy = StopReason.epochs
  /// The signal that stopped the run, the same on all ranks; nil if none did.
  public var stopSignal: Int32?
  /// Duration of each step, of the slowest rank.
  public var stepSeconds: [Double] = []
  /// The traced spans of every rank, in rank order, on rank 0's clock; only on rank 0 of a traced run.
  public var spans: [[TraceSpan]]?
  /// Training time and samples of all ranks at the end of the warm-up; nil in shorter runs.
  public var warmUp: (seconds: Double, samples: Int)?

  /// Training time outside all phases, such as logging and bookkeeping.
  public var otherSeconds: Double { max(0, trainingSeconds - phases.training) }

  /// Samples of all ranks per second, without the warm-up.
  ///
  /// In runs that end with the warm-up or earlier, the rate of all steps.
  public var imagesPerSecond: Double {
    let warmUp =
      self.warmUp.flatMap { $0.samples < samplesSeen ? $0 : nil }
      ?? (seconds: 0, samples: samplesBefore)
    let seconds = trainingSeconds - warmUp.seconds
    return seconds > 0 ? Double(samplesSeen - warmUp.samples) / seconds : 0
  }
}
