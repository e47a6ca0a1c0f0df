import Dataset
import NeuralNetwork

/// The reproducible mode: the local batch consists of leaves.
///
/// The bits of a leaf's gradients do not depend on which rank computes it.
final class LeafWork: EpochWork {
  private let setting: WorkSetting
  private let engine: any LeafwiseEngine
  private let share: LeafShare
  /// For each leaf of the share, its part of every global batch.
  private let batches: [LocalBatches]
  /// The same sample indices in memory that the engine can read without a copy.
  private let indices: [UnsafeMutableBufferPointer<Int32>]
  private let sets: [UnsafeMutableBufferPointer<Float>]
  private var leaves: [UnsafeBufferPointer<Int32>] = []
  private var outcomes: [BatchOutcome] = []

  init(_ setting: WorkSetting, engine: any LeafwiseEngine, share: LeafShare) {
    self.setting = setting
    self.engine = engine
    self.share = share
    let batches = share.leaves.map { setting.batches(ofLeaf: $0) }
    self.batches = batches
    indices = batches.map { batches in
      let memory = UnsafeMutableBufferPointer<Int32>.allocate(capacity: batches.indices.count)
      _ = memory.initialize(from: batches.indices)
      return memory
    }
    sets = share.sums.indices.map { setting.replica.gradients(ofSet: $0) }
    leaves = indices.map { UnsafeBufferPointer(rebasing: $0[..<0]) }
    outcomes.reserveCapacity(leaves.count)
  }

  deinit { for memory in indices { memory.deallocate() } }

  var batchCount: Int { batches[0].count }

  func batch(_ index: Int) -> StepBatch {
    StepBatch(
      index: index, globalSize: batches[0].globalSizes[index],
      localSize: batches.reduce(0) { $0 + $1.range(of: index).count })
  }

  func computeGradients(of batch: StepBatch, onReady: (Range<Int>) -> Void) -> BatchOutcome {
    for leaf in leaves.indices {
      leaves[leaf] = UnsafeBufferPointer(
        rebasing: indices[leaf][batches[leaf].range(of: batch.index)])
    }
    let passes = engine.computeGradients(ofLeaves: leaves, into: sets, outcomes: &outcomes)
    var totals: [Int: StepTotals] = [:]
    for (index, leaf) in share.leaves.enumerated() {
      totals[leaf] = StepTotals(
        lossSum: outcomes[index].lossSum, correct: outcomes[index].correct,
        samples: leaves[index].count)
    }
    for (set, node) in share.sums.enumerated() {
      let sum = node.total({ totals[$0] ?? StepTotals() }, add: StepTotals.joined)
      setting.replica.setTotals(sum, ofSet: set)
    }
    return passes
  }

  func orderHash(of batches: Range<Int>, content: SampleContent) -> UInt64 {
    self.batches.reduce(0) { $0 &+ content.orderHash(of: batches, in: $1) }
  }
}
