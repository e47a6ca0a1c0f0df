/// The reports of all ranks and hosts of a launch before a run, gathered on rank 0.
public struct HealthReport: Codable, Equatable, Sendable {
  public var launch: LaunchReport
  /// In the order of ranks.
  public var ranks: [RankReport]
  /// In the order of nodes.
  public var hosts: [HostReport]
  /// Components that the MPI library has loaded for message transport, such as `btl/tcp`.
  public var transports: [String]
  /// Whether the MPI library can send from a GPU's memory; nil if it does not report that.
  public var isCUDAAware: Bool?
  /// Why the ranks compute on their CPUs; nil on GPUs, or if it was not inspected.
  public var reasonForCPU: String?

  /// All fields at once.
  public init(
    launch: LaunchReport, ranks: [RankReport], hosts: [HostReport], transports: [String] = [],
    isCUDAAware: Bool? = nil, reasonForCPU: String? = nil
  ) {
    self.launch = launch
    self.ranks = ranks
    self.hosts = hosts
    self.transports = transports
    self.isCUDAAware = isCUDAAware
    self.reasonForCPU = reasonForCPU
  }

  /// The hosts with their ranks.
  var nodes: [NodeHealth] {
    hosts.map { host in NodeHealth(host: host, ranks: ranks.filter { $0.node == host.node }) }
  }
}

/// A host together with the ranks on it.
struct NodeHealth {
  let host: HostReport
  let ranks: [RankReport]

  /// The number of threads of all ranks.
  var threads: Int { ranks.reduce(0) { $0 + $1.threads } }

  /// The number of threads that can run at once: permitted cores, or fewer if a quota limits them.
  var capacity: Int {
    let cores = Double(host.permittedCores.count)
    return max(1, Int(min(cores, host.cpuQuota ?? cores)))
  }

  /// Whether a quota grants less time than one thread needs.
  var isBelowOneCore: Bool { (host.cpuQuota ?? 1) < 1 }

  /// Whether the ranks have more threads than can run at once.
  var isOversubscribed: Bool { threads > capacity || isBelowOneCore }

  /// Ranks with more threads than there are cores in their cpusets together.
  struct Crowd {
    let cores: [Int]
    let ranks: [RankReport]
  }

  /// Sets of cores that are too small for the threads of the ranks that share them.
  ///
  /// Examines every rank's cpuset and the unions of overlapping cpusets, the smallest first. A set
  /// that contains a reported set is not reported. A rank counts with at most as many threads as it
  /// has cores, because too many threads of a single rank are a problem of its binding.
  var crowds: [Crowd] {
    let sets = (ranks.map { Set($0.cores) } + unions).sorted { $0.count < $1.count }
    return sets.reduce(into: [Crowd]()) { crowds, set in
      let inside = ranks.filter { set.isSuperset(of: $0.cores) }
      let threads = inside.reduce(0) { $0 + min($1.threads, $1.cores.count) }
      guard inside.count > 1, threads > set.count,
        !crowds.contains(where: { set.isSuperset(of: $0.cores) })
      else { return }
      crowds.append(Crowd(cores: set.sorted(), ranks: inside))
    }
  }

  /// The ranks' cpusets, where overlapping cpusets are merged.
  private var unions: [Set<Int>] {
    ranks.reduce(into: [Set<Int>]()) { unions, rank in
      let touching = unions.filter { !$0.isDisjoint(with: rank.cores) }
      unions.removeAll { !$0.isDisjoint(with: rank.cores) }
      unions.append(touching.reduce(Set(rank.cores)) { $0.union($1) })
    }
  }
}
