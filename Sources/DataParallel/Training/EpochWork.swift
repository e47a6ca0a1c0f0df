import Dataset
import NeuralNetwork

/// A rank's part of one epoch: what it computes in each step, and which samples these were.
protocol EpochWork: AnyObject {
  /// Number of global batches.
  var batchCount: Int { get }

  /// Samples of a global batch over all ranks.
  func globalSize(of batch: Int) -> Int

  /// Computes this rank's gradients of a batch, with their totals, into the replica's sets.
  ///
  /// - Parameter onReady: as the engine tells it; never called where a rank has several sets.
  /// - Returns: the times, and how many samples this rank had.
  func compute(
    _ batch: Int, onReady: (Range<Int>) -> Void
  ) -> (times: BatchOutcome, samples: Int)

  /// This rank's part of the order hash of the first `batches` batches.
  func orderHash(ofFirst batches: Int, content: SampleContent) -> UInt64
}

/// What the two kinds of work have in common.
struct WorkSetting {
  let order: EpochOrder
  let data: LocalData
  let rank: Int
  let globalBatch: Int
  let replica: Replica
  let swap: SampleSwap?

  /// This rank's batches, of all its shards or of those of one leaf.
  func batches(ofLeaf leaf: Int? = nil) -> LocalBatches {
    var batches = LocalBatches(
      order: order, owners: data.owners, rank: rank, batchSize: globalBatch
    ) { shard in leaf == nil || data.cut?.leaf(ofShard: shard) == leaf }
    if let swap, swap.epoch == order.epoch, rank == 0, leaf ?? 0 == 0 {
      batches.swapSamples(at: swap.place)
    }
    return batches
  }
}

/// The fast mode: the rank's part of a batch is one list of samples, which the engine cuts as it likes.
final class WholeWork: EpochWork {
  private let setting: WorkSetting
  private let engine: any Engine
  private let batches: LocalBatches

  init(_ setting: WorkSetting, engine: any Engine) {
    self.setting = setting
    self.engine = engine
    batches = setting.batches()
  }

  var batchCount: Int { batches.count }
  func globalSize(of batch: Int) -> Int { batches.globalSizes[batch] }

  func compute(
    _ batch: Int, onReady: (Range<Int>) -> Void
  ) -> (times: BatchOutcome, samples: Int) {
    let range = batches.range(of: batch)
    let outcome = batches.indices.withUnsafeBufferPointer {
      engine.computeGradients(
        of: UnsafeBufferPointer(rebasing: $0[range]), into: setting.replica.gradients,
        onReady: onReady)
    }
    setting.replica.totals = StepTotals(
      lossSum: outcome.lossSum, correct: outcome.correct, samples: range.count)
    return (outcome, range.count)
  }

  /// Takes whole steps for some batches, where they have all samples.
  func takeSteps(
    _ batches: Range<Int>, by runner: any StepRunner, firstStep: Int
  ) -> [BatchOutcome] {
    self.batches.indices.withUnsafeBufferPointer { indices in
      runner.runSteps(
        batches.map { UnsafeBufferPointer(rebasing: indices[self.batches.range(of: $0)]) },
        firstStep: firstStep)
    }
  }

  func orderHash(ofFirst batches: Int, content: SampleContent) -> UInt64 {
    content.orderHash(of: self.batches, first: batches)
  }
}
