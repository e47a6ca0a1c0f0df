/// What all ranks of a launch said before a run, gathered on rank 0.
public struct HealthReport: Codable, Equatable, Sendable {
  public var launch: LaunchReport
  /// In the order of ranks.
  public var ranks: [RankReport]
  /// In the order of nodes.
  public var hosts: [HostReport]
  /// What the MPI library has loaded to move bytes, such as `btl/tcp`.
  public var transports: [String]
  /// Whether the MPI library can send from a GPU's memory; nil if it does not say.
  public var isCUDAAware: Bool?

  /// All fields at once.
  public init(
    launch: LaunchReport, ranks: [RankReport], hosts: [HostReport], transports: [String] = [],
    isCUDAAware: Bool? = nil
  ) {
    self.launch = launch
    self.ranks = ranks
    self.hosts = hosts
    self.transports = transports
    self.isCUDAAware = isCUDAAware
  }

  /// The hosts with their ranks.
  var nodes: [NodeHealth] {
    hosts.map { host in NodeHealth(host: host, ranks: ranks.filter { $0.node == host.node }) }
  }
}

/// A host and its ranks, held against each other.
struct NodeHealth {
  let host: HostReport
  let ranks: [RankReport]

  /// Threads of all ranks.
  var threads: Int { ranks.reduce(0) { $0 + $1.threads } }

  /// Threads that can run at once: the cores that may be used, or the time granted if that is less.
  var capacity: Int {
    let cores = Double(host.permittedCores.count)
    return max(1, Int(min(cores, host.cpuQuota ?? cores)))
  }

  var isOversubscribed: Bool { threads > capacity }

  /// Ranks that have too few cores between them.
  struct Crowd {
    let cores: [Int]
    let ranks: [RankReport]
  }

  /// Sets of cores on which more threads of several ranks meet than there are cores.
  ///
  /// Looks at every rank's set and at the unions of those that overlap, the smallest first; a set that
  /// holds a crowded one is not counted again. A rank alone counts for no more threads than it has
  /// cores: too many threads of one rank are another matter.
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

  /// The ranks' sets of cores, those that overlap made one.
  private var unions: [Set<Int>] {
    ranks.reduce(into: [Set<Int>]()) { unions, rank in
      let touching = unions.filter { !$0.isDisjoint(with: rank.cores) }
      unions.removeAll { !$0.isDisjoint(with: rank.cores) }
      unions.append(touching.reduce(Set(rank.cores)) { $0.union($1) })
    }
  }
}
