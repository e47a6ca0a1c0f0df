/// The sums of an epoch; loss and samples are those of all ranks.
struct EpochTotals {
  var steps = 0
  var lossSum = 0.0
  var samples = 0
  /// Training time of this rank, with that of earlier parts of the run.
  var seconds = 0.0
  /// This rank's part of the order hash.
  var orderHash: UInt64 = 0
  /// Whether all ranks stopped within the epoch.
  var isStopped = false
  /// Seconds of the epoch in earlier parts of the run.
  private(set) var secondsBefore = 0.0
  /// The first batch of this part of the run.
  private var firstBatch = 0
  /// The order hash of the batches before it; 0 on all ranks but rank 0.
  private var hashBefore: UInt64 = 0

  /// The sums at the beginning of an epoch, or where a checkpoint left it.
  init(resuming progress: TrainingProgress?, isRoot: Bool) {
    guard let progress else { return }
    steps = progress.batch
    lossSum = progress.lossSum
    samples = progress.samples
    secondsBefore = progress.epochSeconds
    seconds = secondsBefore
    firstBatch = progress.batch
    if isRoot { hashBefore = UInt64(progress.orderHash, radix: 16) ?? 0 }
  }

  /// This rank's part of the order hash of the batches so far.
  func orderHash(of steps: any EpochSteps, content: SampleContent) -> UInt64 {
    hashBefore &+ steps.orderHash(of: firstBatch..<self.steps, content: content)
  }
}
