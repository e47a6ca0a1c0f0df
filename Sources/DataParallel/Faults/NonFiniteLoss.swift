import MessagePassing
import NeuralNetwork
import SystemSupport

/// Finds where a loss that is not finite comes from: the ranks, and the tensors.
///
/// It looks at parameters and gradients, which takes as long as a step; so it is used only then. The
/// parameters are those before the step, because such a step does not update them.
struct NonFiniteLoss {
  let communicator: Communicator
  let layout: ParameterLayout
  let replica: Replica

  /// What was found, the same on all ranks.
  struct Finding: Equatable {
    /// Ranks whose own samples had such a loss, with their hosts.
    let ranks: [String]
    /// The first tensor whose parameters are not finite; nil if all are.
    let parameters: String?
    /// The tensors whose gradients are not finite, in the order of the layers.
    let gradients: [String]

    /// One line without the step.
    var text: String {
      let place =
        ranks.isEmpty ? "in the sum over ranks" : "on rank \(ranks.joined(separator: ", "))"
      if let parameters {
        return "\(place); the parameters of \(parameters) are not finite since an earlier update"
      }
      let tensors = gradients.first.map {
        "; gradients are not finite in \(gradients.count) tensors, first in \($0)"
      }
      return place + (tensors ?? "; all gradients are finite")
    }
  }

  /// Looks on all ranks; called by all ranks.
  ///
  /// - Parameters:
  ///   - localLoss: the sum of losses of this rank's samples.
  ///   - isUpdated: whether the step already updated the parameters, which then say nothing.
  func find(localLoss: Double, isUpdated: Bool) throws -> Finding {
    let losses = try communicator.allGather(localLoss)
    let hosts = try communicator.allGather(communicator.processorName)
    let ranks = losses.indices.filter { !losses[$0].isFinite }
    let parameters =
      isUpdated
      ? nil : layout.tensors.first { !replica.parameters[$0.range].allSatisfy(\.isFinite) }
    // With `node` every rank still has its own gradients, with `allreduce` the sums.
    let own = layout.tensors.map { tensor in
      replica.isOnDevice || replica.gradients[tensor.range].allSatisfy(\.isFinite) ? 0 : 1
    }
    let flags = try communicator.allReduce(own, .max)
    return Finding(
      ranks: ranks.map { "\($0) (\(hosts[$0]))" },
      parameters: parameters?.name,
      gradients: zip(layout.tensors, flags).filter { $0.1 == 1 }.map(\.0.name))
  }
}
