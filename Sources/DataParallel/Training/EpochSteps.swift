import RunRecords

/// How this rank takes the steps of one epoch.
///
/// `ExchangeSteps` takes one step a call and exchanges gradients with the other ranks;
/// `DeviceSteps` takes many steps a call on a GPU that trains alone.
protocol EpochSteps {
  /// Number of global batches of the epoch.
  var batchCount: Int { get }
  /// The largest number of steps of one call.
  var stepsPerCall: Int { get }

  /// Takes one step for each of `batches`.
  ///
  /// - Parameters:
  ///   - batches: at most `stepsPerCall` indices of global batches.
  ///   - firstStep: the number of the first step, from 1.
  ///   - start: when the first step started, on this rank's clock.
  func takeSteps(_ batches: Range<Int>, firstStep: Int, startedAt start: Double) throws
    -> [StepOutcome]

  /// This rank's part of the order hash of some batches.
  func orderHash(of batches: Range<Int>, content: SampleContent) -> UInt64
}

/// The results of one step, and its times on this rank.
struct StepOutcome {
  /// Loss, correct predictions and samples of all ranks.
  let totals: StepTotals
  /// Samples of the global batch as planned; `totals.samples` must be equal.
  let globalSize: Int
  /// Samples that this rank computed.
  let localSize: Int
  /// Seconds of the whole step.
  let seconds: Double
  /// Seconds of this rank by phase, without those of the all-reduce.
  let phases: PhaseSeconds
  /// Seconds of the phases that a drill added.
  var injectedSeconds = 0.0
  /// Sum of the losses of this rank's samples.
  var localLoss = 0.0
  /// Whether the step updated the parameters.
  var isUpdated = true
}
