public import RunRecords

/// What a run came to, as one rank saw it.
public struct TrainingResult {
  /// Steps that count as warm-up where rates are worked out.
  public static let warmUpSteps = 5

  public var steps = 0
  /// Samples of all ranks, each as often as it was used.
  public var samplesSeen = 0
  /// Samples that this rank computed.
  public var localSamples = 0
  /// This rank's training time, evaluation excluded.
  public var trainingSeconds = 0.0
  public var phases = PhaseSeconds()
  /// Phases whose seconds stand together in the last of them; nil where all were told apart.
  public var fusedPhases: [Phase]?
  /// Mean loss over the global batch of the last step.
  public var finalLoss = 0.0
  public var epochs: [EpochSummary] = []
  /// SHA-256 of the parameters before the first step, in canonical order; empty but on rank 0.
  public var initialWeightsSHA256 = ""
  public var stoppedBy = StopReason.epochs
  /// Duration of each step, of the slowest rank.
  public var stepSeconds: [Double] = []
  /// Training time and samples of all ranks when the warm-up was over; nil in shorter runs.
  public var warmUp: (seconds: Double, samples: Int)?

  /// Training time that is in no phase: logging, bookkeeping.
  public var otherSeconds: Double { max(0, trainingSeconds - phases.training) }

  /// Samples of all ranks a second after the warm-up; over all steps where there were no more.
  public var imagesPerSecond: Double {
    let warmUp =
      self.warmUp.flatMap { $0.samples < samplesSeen ? $0 : nil } ?? (seconds: 0, samples: 0)
    let seconds = trainingSeconds - warmUp.seconds
    return seconds > 0 ? Double(samplesSeen - warmUp.samples) / seconds : 0
  }
}
