import MessagePassing
import NeuralNetwork

/// One way of bringing all ranks' gradients together and changing the parameters with them.
///
/// Called by all ranks in every step: `announce` any number of times while gradients are computed,
/// then `exchange`, then `update`.
protocol GradientSync: AnyObject {
  /// Hears that a range of this rank's gradients is final.
  func announce(_ range: Range<Int>)

  /// Sums gradients and step totals over all ranks, in place; returns when this rank has the
  /// result.
  func exchange() throws

  /// Changes the parameters on every rank with the mean gradient of the global batch.
  func update(by engine: any Engine, scale: Float, step: Int) throws
}

/// One in-place `MPI_Allreduce` over the flat buffer; every rank repeats the whole update.
final class AllReduceSync: GradientSync {
  private let communicator: Communicator
  private let replica: Replica

  init(communicator: Communicator, replica: Replica) {
    self.communicator = communicator
    self.replica = replica
  }

  func announce(_ range: Range<Int>) {}

  func exchange() throws {
    try communicator.allReduce(inPlace: replica.gradientsAndTail, .sum)
  }

  func update(by engine: any Engine, scale: Float, step: Int) {
    guard let gradients = replica.gradients.baseAddress else { return }
    engine.update(0..<replica.count, gradients: gradients, scale: scale, step: step)
  }
}
