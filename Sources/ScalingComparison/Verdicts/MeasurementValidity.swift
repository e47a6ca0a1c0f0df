import RunRecords
import TextTables

/// Checks from a run's record alone whether its times are a measurement.
package enum MeasurementValidity {
  /// The largest share of a node's core time that other programs may have used: 0.10.
  ///
  /// Ranks wait for the slowest in every step, so time taken from one core is lost on all cores,
  /// and a speedup is wrong by about this share. Daemons and interrupts of an idle machine stay far
  /// below it.
  package static let othersLimit = 0.10

  /// One string per disturbance; empty for a measurement.
  ///
  /// For example `3 ranks with 3 threads on 2 cores of alpha`.
  package static func texts(of record: RunRecord) -> [String] {
    ownTexts(of: record) + othersTexts(of: record)
  }

  /// The disturbances that the run itself brings, and that its repeats have too.
  ///
  /// A drill, a run of several parts or without its end, more threads than cores, a shared GPU; not
  /// the load by other programs.
  package static func ownTexts(of record: RunRecord) -> [String] {
    let nodes = Dictionary(grouping: record.ranks, by: \.node)
    var texts = record.drill.map { ["a drill: \($0)"] } ?? []
    if let signal = record.interruption { texts.append("interrupted by \(signal)") }
    if let parts = record.parts { texts.append("a run in \(parts.count) parts") }
    for node in nodes.keys.sorted() {
      let ranks = nodes[node] ?? []
      for text in crowded(ranks) + sharedDevices(ranks) where !texts.contains(text) {
        texts.append(text)
      }
    }
    return texts
  }

  /// The largest share of a node's core time that other programs used; nil if it was not measured.
  ///
  /// It is not measured in runs of less than half a second, and was not in early versions.
  package static func othersShare(of record: RunRecord) -> Double? {
    record.loads?.map(\.othersShare).max()
  }

  /// Whether other programs used more than `othersLimit` of the cores of a node.
  package static func isDisturbedByOthers(_ record: RunRecord) -> Bool {
    othersShare(of: record) ?? 0 > othersLimit
  }

  /// One string per node of which other programs used more than `othersLimit`.
  package static func othersTexts(of record: RunRecord) -> [String] {
    (record.loads ?? []).filter { $0.othersShare > othersLimit }.map {
      "other programs used \(NumberText.percent($0.othersShare, 0)) % of the cores of "
        + ComparisonPhrases.shortHost($0.host)
    }
  }

  /// Sets of cores that have fewer cores than the ranks confined to them have threads.
  private static func crowded(_ ranks: [RankRecord]) -> [String] {
    // Ranks without recorded cores cannot be checked.
    let known = ranks.filter { !$0.cores.isEmpty }
    let sets = known.map { Set($0.cores) }
    // Bindings make nested or disjoint sets, which suffice; unions find chains of overlaps.
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
}
