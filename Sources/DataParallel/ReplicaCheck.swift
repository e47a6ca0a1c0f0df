import MessagePassing
import NeuralNetwork
import SystemSupport

/// The check that all ranks have the same parameters, bit for bit.
///
/// A difference means that a sum, a memory or an update was wrong on some rank. The model trained
/// from then on would be meaningless, so the run stops.
package struct ReplicaCheck {
  let communicator: Communicator
  let layout: ParameterLayout
  let replica: Replica

  /// Compares a 64-bit hash of the parameters over all ranks; called by all ranks.
  ///
  /// Ranks that share memory for their parameters read and hash it separately.
  /// - Parameters:
  ///   - step: the step after which the check is made.
  ///   - since: the step of the last check that found all replicas equal.
  /// - Returns: the hash, which is the same on all ranks.
  /// - Throws: `AgreedError` naming the step, the first tensor that differs, and the ranks.
  func verify(step: Int, since: Int) throws -> UInt64 {
    let hash = replica.parametersHash()
    // One reduction gives maximum and minimum: the minimum is the complement of the maximum of the
    // complements.
    let ends = try communicator.allReduce([hash, ~hash], .max)
    guard ends[0] != ~ends[1] else { return hash }
    throw AgreedError(try difference(step: step, since: since), exitCode: ExitCode.training)
  }

  /// The error message, which names the ranks that differ and their hosts; called by all ranks.
  private func difference(step: Int, since: Int) throws -> String {
    let hashes = try communicator.allGather(layout.tensors.map { replica.hash($0.range) })
    let hosts = try communicator.allGather(communicator.processorName)
    let found = Self.deviatingRanks(among: hashes)
    let names = found.ranks.map { "\($0) (\(hosts[$0]))" }
    let tensor = found.tensor.map { layout.tensors[$0].name } ?? "no tensor"
    return "step \(step): the replicas are no longer equal: the parameters of rank "
      + "\(names.joined(separator: ", ")) differ from those of rank \(found.reference), "
      + "first in \(tensor); they were equal after step \(since); "
      + "memory or network changed bits: test them before you train again"
  }

  /// Finds the ranks that are not in the largest group of ranks with equal hashes.
  ///
  /// Of several largest groups, the one with the lowest rank counts.
  /// - Parameter hashes: for each rank a hash of each tensor.
  /// - Returns: a rank of the largest group, the ranks that differ from it, and the first tensor in
  ///   which any of these differs.
  package static func deviatingRanks(among hashes: [[UInt64]]) -> (
    reference: Int, ranks: [Int], tensor: Int?
  ) {
    let counts = Dictionary(grouping: hashes.indices) { hashes[$0] }.mapValues(\.count)
    let most = counts.values.max() ?? 0
    let reference = hashes.indices.first { counts[hashes[$0]] == most } ?? 0
    let ranks = hashes.indices.filter { hashes[$0] != hashes[reference] }
    let tensor = hashes.first?.indices.first { tensor in
      ranks.contains { hashes[$0][tensor] != hashes[reference][tensor] }
    }
    return (reference, ranks, tensor)
  }
}

/// A fault to inject: the lowest bit of one parameter of one rank is inverted after a step.
///
/// It tests whether the check of the replicas detects a difference.
public struct BitFlip: Equatable, Sendable {
  public let rank: Int
  public let step: Int
  /// Index in the flat buffer, modulo the number of parameters.
  public let parameter: Int

  /// A fault by its parts.
  public init(rank: Int, step: Int, parameter: Int) {
    self.rank = rank
    self.step = step
    self.parameter = parameter
  }

  /// Inverts the bit if `rank` and `step` are those of the fault.
  func apply(_ replica: Replica, rank: Int, step: Int) {
    guard rank == self.rank, step == self.step, replica.count > 0 else { return }
    let index = parameter % replica.count
    replica.parameters[index] = Float(bitPattern: replica.parameters[index].bitPattern ^ 1)
  }
}
