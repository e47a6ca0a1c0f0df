import Dataset
import NeuralNetwork

/// The samples that this rank computes in one epoch, divided into steps.
///
/// `WholeWork` belongs to the fast mode, `LeafWork` to the reproducible mode.
protocol EpochWork: AnyObject {
  /// Number of global batches.
  var batchCount: Int { get }

  /// The sizes of a global batch and of this rank's part of it, the local batch.
  func batch(_ index: Int) -> StepBatch

  /// Computes this rank's gradients and totals of a batch into the replica's gradient sets.
  ///
  /// - Parameter onReady: receives each range of gradients that is final, see
  ///   `Engine.computeGradients`; never called in the reproducible mode.
  /// - Returns: the seconds of load, forward and backward.
  func computeGradients(of batch: StepBatch, onReady: (Range<Int>) -> Void) -> BatchOutcome

  /// This rank's part of the order hash of some batches.
  func orderHash(of batches: Range<Int>, content: SampleContent) -> UInt64
}

/// The samples of one step.
struct StepBatch {
  /// The index of the global batch in the epoch, from 0.
  let index: Int
  /// Samples over all ranks.
  let globalSize: Int
  /// Samples of this rank.
  let localSize: Int
}

/// The values from which both kinds of work are created.
struct WorkSetting {
  let order: EpochOrder
  let data: LocalData
  let rank: Int
  let globalBatch: Int
  let replica: Replica
  let swap: SampleSwap?

  /// This rank's local batches, of all its shards or only of those of one leaf.
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

/// The fast mode: the local batch is one list of samples, which the engine divides among threads.
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

  func batch(_ index: Int) -> StepBatch {
    StepBatch(
      index: index, globalSize: batches.globalSizes[index],
      localSize: batches.range(of: index).count)
  }

  func computeGradients(of batch: StepBatch, onReady: (Range<Int>) -> Void) -> BatchOutcome {
    let range = batches.range(of: batch.index)
    let outcome = batches.indices.withUnsafeBufferPointer {
      engine.computeGradients(
        of: UnsafeBufferPointer(rebasing: $0[range]), into: setting.replica.gradients,
        onReady: onReady)
    }
    setting.replica.totals = StepTotals(
      lossSum: outcome.lossSum, correct: outcome.correct, samples: range.count)
    return outcome
  }

  /// Takes whole steps for some batches on a device; this rank must have all samples.
  func takeSteps(
    _ batches: Range<Int>, by runner: any StepRunner, firstStep: Int
  ) -> [BatchOutcome] {
    self.batches.indices.withUnsafeBufferPointer { indices in
      runner.runSteps(
        batches.map { UnsafeBufferPointer(rebasing: indices[self.batches.range(of: $0)]) },
        firstStep: firstStep)
    }
  }

  func orderHash(of batches: Range<Int>, content: SampleContent) -> UInt64 {
    content.orderHash(of: batches, in: self.batches)
  }
}
