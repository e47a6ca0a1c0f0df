import RunRecords
import Statistics
import TextTables

/// The likely cause of an efficiency above 1, derived from the records.
package enum SuperlinearEfficiency {
  /// One line: a cache that holds a rank's working set but not that of one rank alone, or noise.
  ///
  /// Without the sizes of caches or working sets, a general statement.
  package static func explanation(_ records: [RunRecord], base: [RunRecord]) -> String {
    guard let machine = records.first?.machine, let perRank = workingSet(records),
      let alone = workingSet(base)
    else { return ComparisonPhrases.superlinear }
    let sizes =
      "a rank works on \(NumberText.megabytes(perRank)), one rank alone on "
      + NumberText.megabytes(alone)
    for (name, bytes) in [("L3", machine.l3CacheBytes), ("L2", machine.l2CacheBytes)] {
      guard let bytes, perRank <= bytes, alone > bytes else { continue }
      return "efficiency above 1: likely the cache: \(sizes), of "
        + "\(NumberText.megabytes(bytes)) \(name)"
    }
    guard let l2 = machine.l2CacheBytes, let l3 = machine.l3CacheBytes else {
      return ComparisonPhrases.superlinear
    }
    return "efficiency above 1: no cache explains it (\(sizes); L2 \(NumberText.megabytes(l2)), "
      + "L3 \(NumberText.megabytes(l3))): likely noise, \(spread(records, base))"
  }

  /// The largest working set of a run's ranks, in bytes.
  private static func workingSet(_ records: [RunRecord]) -> Int? {
    records.first?.ranks.compactMap(\.workingSetBytes).max()
  }

  private static func spread(_ records: [RunRecord], _ base: [RunRecord]) -> String {
    let spreads = [records, base].filter { $0.count > 1 }.compactMap {
      SampleStatistics.spread($0.map(\.result.trainingSeconds))
    }
    guard let largest = spreads.max() else { return "there is one run only" }
    return "the spread of the runs is \(NumberText.percent(largest, 1)) %"
  }
}
