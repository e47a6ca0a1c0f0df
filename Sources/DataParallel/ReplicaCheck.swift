import MessagePassing
import NeuralNetwork
import SystemSupport

/// Whether all ranks still have the same parameters, bit by bit.
///
/// A difference means that a sum, a memory or an update went wrong somewhere: what is trained from
/// then on is no model that anybody asked for.
package struct ReplicaCheck {
  let communicator: Communicator
  let layout: ParameterLayout
  let replica: Replica

  /// Compares a 64-bit hash over all ranks; called by all ranks.
  ///
  /// Where ranks share their parameters each reads and hashes them anew.
  /// - Parameter since: the step of the last check that found all equal.
  /// - Returns: the hash that all ranks have.
  /// - Throws: `AgreedError` naming step, first tensor that differs, and the ranks.
  func verify(step: Int, since: Int) throws -> UInt64 {
    let hash = replica.parametersHash()
    // One reduction for both ends: the least is the complement of the complements' largest.
    let ends = try communicator.allReduce([hash, ~hash], .max)
    guard ends[0] != ~ends[1] else { return hash }
    throw AgreedError(try difference(step: step, since: since), exitCode: ExitCode.training)
  }

  private func difference(step: Int, since: Int) throws -> String {
    let hashes = try communicator.allGather(layout.tensors.map { replica.hash($0.range) })
    let hosts = try communicator.allGather(Array(communicator.processorName.utf8))
    let found = Self.deviatingRanks(among: hashes)
    let names = found.ranks.map { "\($0) (\(String(decoding: hosts[$0], as: UTF8.self)))" }
    let tensor = found.tensor.map { layout.tensors[$0].name } ?? "no tensor"
    return "step \(step): the replicas are no longer equal: the parameters of rank "
      + "\(names.joined(separator: ", ")) differ from those of rank \(found.reference), "
      + "first in \(tensor); they were equal after step \(since); "
      + "memory or network changed bits: test them before you train again"
  }

  /// Who differs: those that are not among the most ranks with equal hashes (of equally many, those
  /// with the lowest rank).
  ///
  /// - Parameter hashes: for each rank one of each tensor.
  /// - Returns: a rank of the majority, the ranks that differ from it, the first tensor in which any
  ///   of them does.
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

/// A bit of one rank's parameters that is turned over after a step: a drill for the check.
public struct BitFlip: Equatable, Sendable {
  public let rank: Int
  public let step: Int
  /// Place in the flat buffer; beyond its end it is taken modulo the number of parameters.
  public let parameter: Int

  /// A drill by its parts.
  public init(rank: Int, step: Int, parameter: Int) {
    self.rank = rank
    self.step = step
    self.parameter = parameter
  }

  /// Turns the lowest bit over if it is this rank's turn.
  func apply(_ replica: Replica, rank: Int, step: Int) {
    guard rank == self.rank, step == self.step, replica.count > 0 else { return }
    let place = parameter % replica.count
    replica.parameters[place] = Float(bitPattern: replica.parameters[place].bitPattern ^ 1)
  }
}
