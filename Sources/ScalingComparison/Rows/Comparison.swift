import RunRecords

/// A comparison of runs: speedup and efficiency, and whether the runs may be compared at all.
///
/// Records of equal work form a group. Within it, records of one configuration form a row, which is
/// compared with the one-rank runs under the same conditions.
public struct Comparison: Codable, Equatable, Sendable {
  public let groups: [ComparisonGroup]

  /// Compares any number of records; a record given twice counts once.
  public init(records: [RunRecord]) {
    let unique = Self.withoutDuplicates(records)
    var order: [String] = []
    var works: [String: [RunRecord]] = [:]
    for record in unique {
      // The hash in a file may be wrong, and the work lacks fields that newer programs write.
      let key = "\(record.workHash) \((try? record.work.canonicalJSON) ?? record.run.id)"
      if works[key] == nil { order.append(key) }
      works[key, default: []].append(record)
    }
    groups = order.compactMap { key in
      works[key].flatMap { ComparisonGroup(records: $0, among: unique) }
    }
  }

  /// The records among those given that are the baseline of a run.
  ///
  /// These are measurements of the same work on one rank, with the same machine, program, mode,
  /// threads per rank and binding.
  public static func baselines(for record: RunRecord, among records: [RunRecord]) -> [RunRecord] {
    Baseline.choose(for: record, among: withoutDuplicates(records)).records
  }

  /// The row that holds a run.
  public func row(of record: RunRecord) -> ComparisonRow? {
    groups.lazy.flatMap(\.rows).first { $0.runIDs.contains(record.run.id) }
  }

  private static func withoutDuplicates(_ records: [RunRecord]) -> [RunRecord] {
    var known: [String: [RunRecord]] = [:]
    return records.filter { record in
      if known[record.run.id, default: []].contains(record) { return false }
      known[record.run.id, default: []].append(record)
      return true
    }
  }
}
