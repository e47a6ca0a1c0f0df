import HostInspection
import MessagePassing
import RunRecords

/// The placement of a rank: its node, the cores that it may use, and its number of threads.
struct RankPlace {
  /// This rank's node, counted from 0 in the order of ranks.
  let node: Int
  let nodes: Int
  /// Whether this rank is the first of its node.
  let isFirstOfNode: Bool
  /// The host name of every node.
  let hosts: [String]
  /// The cores that this rank may use.
  let cores: [Int]
  let threads: Int
  /// The binding of the ranks; `mixed` if it is not the same for all.
  let binding: BindingClass

  /// Determines the placement of this rank; called by all ranks.
  ///
  /// - Parameter threads: the requested number of threads. If it is nil, the rank gets the number
  ///   of cores that it may use, divided by the number of ranks of its node that may use any of
  ///   them, itself included. If the quota of a control group, divided by the ranks of the node, is
  ///   less, the rank gets that number. It always gets at least one thread.
  static func find(_ communicator: Communicator, threads: Int?) throws -> RankPlace {
    let node = try communicator.splitByNode()
    let leader = try node.broadcast(communicator.rank)
    let leaders = Array(Set(try communicator.allGather(leader))).sorted()
    let cores = HostFacts.allowedCores()
    let ownCores = Set(cores)
    let sharingRanks = try node.allGather(cores.map { Int32($0) })
      .filter { !ownCores.isDisjoint(with: $0.map(Int.init)) }.count
    let threadsInQuota = HostFacts.cpuQuota().map { Int($0) / node.size } ?? cores.count
    let hostNames = try communicator.allGather(communicator.processorName)
    let bindingCodes = try communicator.allGather(
      HostFacts.bindingClass(of: cores) == .core
        ? 0 : HostFacts.bindingClass(of: cores) == .none ? 2 : 1)
    return RankPlace(
      node: leaders.firstIndex(of: leader) ?? 0, nodes: leaders.count,
      isFirstOfNode: node.isRoot,
      hosts: leaders.map { hostNames[$0] }, cores: cores,
      threads: threads ?? max(1, min(cores.count / max(sharingRanks, 1), threadsInQuota)),
      binding: Set(bindingCodes).count > 1
        ? .mixed : [.core, .severalCores, .none][bindingCodes[0]])
  }
}

extension RankPlace {
  /// All cores that ranks of this node may use, in ascending order; called by all ranks of `node`.
  func coresOfNode(_ node: Communicator) throws -> [Int] {
    Set(try node.allGather(cores).flatMap { $0 }).sorted()
  }
}
