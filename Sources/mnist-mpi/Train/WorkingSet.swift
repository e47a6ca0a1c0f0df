import DataParallel
import Dataset
import NeuralNetwork

/// What a training step touches again and again.
enum WorkingSet {
  /// Bytes of parameters, gradients, optimizer state, and of what flows between the layers for the
  /// largest local batch of the first epoch.
  ///
  /// One set of gradients is counted, also where leaves have sets of their own.
  /// - Parameter optimizerStateBytes: what this rank keeps of it.
  static func bytes(
    _ model: Model, data: LocalData, plan: TrainingPlan, rank: Int, optimizerStateBytes: Int
  ) -> Int {
    let order = EpochOrder(seed: plan.seed, epoch: 1, shards: data.owners.shards)
    let batch = LocalBatches(
      order: order, owners: data.owners, rank: rank, batchSize: plan.globalBatch
    ).largest
    let flowing = model.layers.reduce(0) { $0 + $1.input.count } + model.classes
    return 4 * (2 * ParameterLayout(of: model).count + batch * flowing) + optimizerStateBytes
  }
}
