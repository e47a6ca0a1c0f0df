import HostInspection
import MessagePassing
import RunRecords

/// Where a rank runs: its node, the cores it may use, the threads that follow from them.
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
  /// How narrowly the ranks are bound, all together.
  let binding: BindingClass

  /// Looks around; called by all ranks.
  ///
  /// - Parameter threads: the user's wish; without it a rank gets the cores it may use, divided by the
  ///   ranks of its node that may use them too, and at least one.
  static func find(_ communicator: Communicator, threads: Int?) throws -> RankPlace {
    let node = try communicator.splitByNode()
    let leader = try node.broadcast(communicator.rank)
    let leaders = Array(Set(try communicator.allGather(leader))).sorted()
    let cores = HostFacts.allowedCores()
    let mine = Set(cores)
    let sharers = try node.allGather(cores.map { Int32($0) })
      .filter { !mine.isDisjoint(with: $0.map(Int.init)) }.count
    let hostNames = try communicator.allGather(Array(communicator.processorName.utf8))
      .map { String(decoding: $0, as: UTF8.self) }
    let bindingCodes = try communicator.allGather(
      HostFacts.bindingClass(of: cores) == .core
        ? 0 : HostFacts.bindingClass(of: cores) == .none ? 2 : 1)
    return RankPlace(
      node: leaders.firstIndex(of: leader) ?? 0, nodes: leaders.count,
      isFirstOfNode: node.isRoot,
      hosts: leaders.map { hostNames[$0] }, cores: cores,
      threads: threads ?? max(1, cores.count / max(sharers, 1)),
      binding: Set(bindingCodes).count > 1
        ? .mixed : [.core, .severalCores, .none][bindingCodes[0]])
  }
}

extension RankPlace {
  /// The cores that the ranks of this node may use, all together; called by all ranks of `node`.
  func coresOfNode(_ node: Communicator) throws -> [Int] {
    Set(try node.allGather(cores).flatMap { $0 }).sorted()
  }
}
