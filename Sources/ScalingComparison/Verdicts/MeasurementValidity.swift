import RunRecords
import TextTables

/// What makes the times of a run no measurement, read from its record alone.
enum MeasurementValidity {
  /// The largest part of a node's time that other programs may have taken: 0.10.
  ///
  /// Ranks wait for the slowest in every step, so that what is taken from one core is lost on all:
  /// a speedup is off by about this part. Daemons and interrupts of an idle machine stay far below.
  static let othersLimit = 0.10

  /// One text a disturbance, such as `3 ranks with 3 threads on 2 cores of alpha`; empty for a
  /// measurement.
  static func texts(of record: RunRecord) -> [String] {
    let nodes = Dictionary(grouping: record.ranks, by: \.node)
    var texts: [String] = []
    for node in nodes.keys.sorted() {
      let ranks = nodes[node] ?? []
      for text in crowded(ranks) + sharedDevices(ranks) where !texts.contains(text) {
        texts.append(text)
      }
    }
    return texts + busy(record.loads ?? [])
  }

  /// Sets of cores with more threads than cores among the ranks that may use no others.
  private static func crowded(_ ranks: [RankRecord]) -> [String] {
    // What a rank may use is unknown where no cores are recorded.
    let known = ranks.filter { !$0.cores.isEmpty }
    let sets = known.map { Set($0.cores) }
    // Enough for sets that are nested or apart, as bindings are; unions catch chains of overlaps.
    var candidates: [Set<Int>] = []
    for set in sets + unions(sets) where !candidates.contains(set) { candidates.append(set) }
    return candidates.compactMap { cores in
      let inside = zip(known, sets).filter { $0.1.isSubset(of: cores) }.map(\.0)
      let threads = inside.map(\.threads).reduce(0, +)
      guard threads > cores.count, let first = inside.first else { return nil }
      return "\(NumberText.count(inside.count, "rank", "ranks")) with "
        + "\(NumberText.count(threads, "thread", "threads")) on "
        + "\(NumberText.count(cores.count, "core", "cores")) of \(ComparisonPhrases.shortHost(first.host))"
    }
  }

  /// Unions of sets that are linked by overlaps.
  private static func unions(_ sets: [Set<Int>]) -> [Set<Int>] {
    sets.reduce(into: []) { unions, set in
      let linked = unions.filter { !$0.isDisjoint(with: set) }
      unions.removeAll { !$0.isDisjoint(with: set) }
      unions.append(linked.reduce(set) { $0.union($1) })
    }
  }

  private static func sharedDevices(_ ranks: [RankRecord]) -> [String] {
    let devices = Dictionary(grouping: ranks.filter { $0.device.hasPrefix("cuda") }, by: \.device)
    return devices.keys.sorted().compactMap { device in
      guard let sharers = devices[device], sharers.count > 1 else { return nil }
      return "\(sharers.count) ranks share the GPU \(device) of "
        + ComparisonPhrases.shortHost(sharers[0].host)
    }
  }

  private static func busy(_ loads: [NodeLoad]) -> [String] {
    loads.filter { $0.othersShare > othersLimit }.map {
      "other programs used \(NumberText.percent($0.othersShare, 0)) % of the cores of "
        + ComparisonPhrases.shortHost($0.host)
    }
  }
}
