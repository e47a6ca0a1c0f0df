import Statistics

/// Two gradient exchange methods on the same ranks, compared within each block.
public struct SyncComparison: Codable, Equatable, Sendable {
  /// What the interval of the ratio says.
  public enum Verdict: String, Codable, Sendable {
    case faster, slower
    case noSignificantDifference
    /// Fewer than six blocks: a range is no interval.
    case tooFewBlocks
  }

  public let ranks: Int
  public let nodes: Int
  public let threads: Int
  public let leaves: Int?
  /// The method that is judged, and the one it is compared with.
  public let sync: String
  public let reference: String
  /// Training seconds of `sync` divided by those of `reference`, of each block.
  public let ratio: MedianInterval
  public let verdict: Verdict

  /// Nil if no block has both.
  init?(_ key: RowKey, against reference: RowKey, in table: BlockTable) {
    let ratios = table.pairs(key, with: reference).compactMap {
      SampleStatistics.ratio($0.run.seconds, $0.base.seconds)
    }
    guard let ratio = MedianInterval(ratios) else { return nil }
    ranks = key.ranks
    nodes = key.nodes
    threads = key.threads
    leaves = key.leaves
    sync = key.sync
    self.reference = reference.sync
    self.ratio = ratio
    if ratio.level == nil {
      verdict = .tooFewBlocks
    } else if ratio.high < 1 {
      verdict = .faster
    } else {
      verdict = ratio.low > 1 ? .slower : .noSignificantDifference
    }
  }

  /// Every row of measurements against the first that differs in the method alone.
  static func list(_ table: BlockTable) -> [SyncComparison] {
    var references: [RowKey: RowKey] = [:]
    let measured = table.rows.filter { row in
      row.ranks > 1 && table.runs(of: row).allSatisfy(\.faults.isEmpty)
    }
    return measured.compactMap { row in
      var place = row
      place.sync = ""
      guard let reference = references[place] else {
        references[place] = row
        return nil
      }
      return SyncComparison(row, against: reference, in: table)
    }
  }
}
