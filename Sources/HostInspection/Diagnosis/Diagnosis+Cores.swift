import TextTables

/// Findings about threads and cores.
extension Diagnosis {
  /// Finds ranks with more threads than they may use cores.
  ///
  /// Skips nodes that are oversubscribed as a whole, which `oversubscription` reports.
  static func binding(_ report: HealthReport) -> [Finding] {
    let nodes = report.nodes.filter { !$0.isOversubscribed }
    let narrow = nodes.flatMap(\.ranks).filter { $0.threads > $0.cores.count }
    let groups = Dictionary(grouping: narrow) { [$0.threads, $0.cores.count] }
    let problems = groups.values.compactMap { ranks -> (Int, Finding)? in
      guard let first = ranks.first, let node = nodes.first(where: { $0.host.node == first.node })
      else { return nil }
      var command = LaunchCommand(report.launch)
      command.widenBinding(threads: first.threads, on: node.host)
      command.widenLauncher(threads: node.threads, on: node.host)
      let threads = NumberText.count(first.threads, "thread", "threads")
      let cores = NumberText.count(first.cores.count, "core", "cores")
      let text =
        ranks.count == 1
        ? "rank \(first.rank) on \(node.host.host) has \(threads) and may use \(cores) "
          + "(\(NumberText.ranges(first.cores)))"
        : "ranks \(NumberText.ranges(ranks.map(\.rank))) have \(threads) and may use \(cores) each"
      return (first.rank, Finding(.binding, problem: text, fix: command.text))
    }
    guard problems.isEmpty else { return problems.sorted { $0.0 < $1.0 }.map(\.1) }
    guard nodes.count == report.hosts.count else { return [] }
    let classes = Set(report.ranks.map { "\(threads($0)) on \(cores($0))" }).sorted()
    return [Finding(.binding, "every rank runs " + classes.joined(separator: ", or "))]
  }

  private static func threads(_ rank: RankReport) -> String {
    NumberText.count(rank.threads, "thread", "threads")
  }

  private static func cores(_ rank: RankReport) -> String {
    NumberText.count(rank.cores.count, "core", "cores")
  }

  /// Finds nodes with more threads than cores.
  static func oversubscription(_ report: HealthReport) -> [Finding] {
    let nodes = report.nodes
    let full = nodes.filter(\.isOversubscribed)
    guard !full.isEmpty else {
      let worst = nodes.map { "\($0.host.host) \($0.threads) on \($0.capacity)" }
      return [Finding(.oversubscription, "none; threads on cores: \(HostNames.list(worst))")]
    }
    let groups = Dictionary(grouping: full) { [$0.ranks.count, $0.threads, $0.capacity] }
    // No launch fits into less than one core.
    let command =
      full.contains(where: \.isBelowOneCore)
      ? "request at least one core for each rank from the container or the batch system"
      : commandWithFewerThreads(report)
    return groups.values.sorted { $0[0].host.node < $1[0].host.node }.map { group in
      let node = group[0]
      return Finding(
        .oversubscription,
        problem: "\(HostNames.list(group.map(\.host.host))): "
          + "\(NumberText.count(node.ranks.count, "rank", "ranks")) with "
          + "\(NumberText.count(node.threads, "thread", "threads")) in all on \(coresText(of: node))",
        fix: command)
    }
  }

  private static func coresText(of node: NodeHealth) -> String {
    let cores = node.host.permittedCores.count
    guard node.capacity < cores || node.isBelowOneCore else {
      return NumberText.count(cores, "core", "cores")
    }
    let granted =
      node.isBelowOneCore
      ? NumberText.fixed(node.host.cpuQuota, 2) + " cores"
      : NumberText.count(node.capacity, "core", "cores")
    return "the time of \(granted) (control group quota)"
  }

  /// A command with at most one rank for each core, or with as many threads a rank as cores permit.
  private static func commandWithFewerThreads(_ report: HealthReport) -> String {
    var command = LaunchCommand(report.launch)
    let nodes = report.nodes
    if nodes.contains(where: { $0.ranks.count > $0.capacity }) {
      command.spread(ranksPerNode: nodes.map { min($0.ranks.count, $0.capacity) }.min() ?? 1)
      if report.ranks.contains(where: { $0.threads > 1 }) { command.threads = 1 }
      return command.text
    }
    let threads = nodes.map { $0.capacity / max($0.ranks.count, 1) }.min() ?? 1
    command.threads = threads
    let narrowest = report.ranks.map(\.cores.count).min() ?? 1
    if threads > narrowest, let host = report.hosts.first {
      command.widenBinding(threads: threads, on: host)
    }
    return command.text
  }

  /// Finds ranks that share cores although the node has enough cores for all of them.
  static func sharedCores(_ report: HealthReport) -> [Finding] {
    let nodes = report.nodes.filter { !$0.isOversubscribed }
    let problems = nodes.flatMap { node in
      node.crowds.map { crowd in
        var command = LaunchCommand(report.launch)
        command.bindSeparately(threads: crowd.ranks.map(\.threads).max() ?? 1)
        command.widenLauncher(threads: node.threads, on: node.host)
        let threads = crowd.ranks.reduce(0) { $0 + $1.threads }
        return Finding(
          .sharedCores,
          problem: "\(node.host.host): ranks \(NumberText.ranges(crowd.ranks.map(\.rank))) "
            + "with \(threads) threads have only "
            + "\(NumberText.count(crowd.cores.count, "core", "cores")) "
            + "(\(NumberText.ranges(crowd.cores))) between them",
          fix: command.text)
      }
    }
    guard problems.isEmpty, nodes.count == report.hosts.count else { return problems }
    return [Finding(.sharedCores, "none that threads would have to wait for")]
  }
}
