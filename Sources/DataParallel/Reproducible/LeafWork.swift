import Dataset
import NeuralNetwork

/// The reproducible mode: the rank's part of a batch is some leaves, each computed and added up in the
/// same way whoever has it.
final class LeafWork: EpochWork {
  private let setting: WorkSetting
  private let engine: any LeafwiseEngine
  private let share: LeafShare
  /// For each leaf of the share its part of every batch.
  private let batches: [LocalBatches]
  /// The same samples where the engine can be given them without a copy.
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
  func globalSize(of batch: Int) -> Int { batches[0].globalSizes[batch] }

  func compute(
    _ batch: Int, onReady: (Range<Int>) -> Void
  ) -> (times: BatchOutcome, samples: Int) {
    for place in leaves.indices {
      leaves[place] = UnsafeBufferPointer(
        rebasing: indices[place][batches[place].range(of: batch)])
    }
    let times = engine.computeGradients(ofLeaves: leaves, into: sets, outcomes: &outcomes)
    var totals: [Int: StepTotals] = [:]
    var samples = 0
    for (place, leaf) in share.leaves.enumerated() {
      totals[leaf] = StepTotals(
        lossSum: outcomes[place].lossSum, correct: outcomes[place].correct,
        samples: leaves[place].count)
      samples += leaves[place].count
    }
    for (set, node) in share.sums.enumerated() {
      let sum = node.total({ totals[$0] ?? StepTotals() }, add: StepTotals.joined)
      setting.replica.setTotals(sum, ofSet: set)
    }
    return (times, samples)
  }

  func orderHash(ofFirst batches: Int, content: SampleContent) -> UInt64 {
    self.batches.reduce(0) { $0 &+ content.orderHash(of: $1, first: batches) }
  }
}
