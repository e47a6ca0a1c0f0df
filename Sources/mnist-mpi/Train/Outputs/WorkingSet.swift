import DataParallel
import Dataset
import NeuralNetwork

/// The memory that a training step reads and writes repeatedly.
enum WorkingSet {
  /// The bytes of parameters, gradients, optimizer state and activations on this rank.
  ///
  /// The activations are those of the largest local batch of the first epoch. One set of gradients
  /// is counted, also in the reproducible mode, where a rank may have several.
  /// - Parameter optimizerStateBytes: the bytes of optimizer state on this rank.
  static func bytes(_ job: TrainingJob, optimizerStateBytes: Int) -> Int {
    let (data, plan, model) = (job.data, job.plan, job.model)
    let order = EpochOrder(seed: plan.seed, epoch: 1, shards: data.owners.shards)
    let batch = LocalBatches(
      order: order, owners: data.owners, rank: job.communicator.rank, batchSize: plan.globalBatch
    ).largest
    let activations = model.layers.reduce(0) { $0 + $1.input.count } + model.classes
    return 4 * (2 * ParameterLayout(of: model).count + batch * activations) + optimizerStateBytes
  }
}
