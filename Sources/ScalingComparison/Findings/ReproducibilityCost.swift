import RunRecords
import Statistics
import TextTables

/// The cost of the reproducible mode: its time over that of the fast mode, all else equal.
public struct ReproducibilityCost: Codable, Equatable, Sendable {
  public var leaves: Int
  public var ranks: Int
  public var threadsPerRank: Int
  /// Gradient exchange method; empty for one rank.
  public var sync: String
  /// Median seconds of the reproducible runs over those of the fast ones.
  public var ratio: Double
  /// The runs of both modes.
  public var runIDs: [String]

  private enum CodingKeys: String, CodingKey {
    case leaves, ranks, threadsPerRank, sync, runIDs
    case ratio = "times"
  }

  /// The costs among the runs of one work.
  static func list(_ repeats: [Repeats]) -> [ReproducibilityCost] {
    let valid = repeats.filter(\.isValid)
    return valid.compactMap { reproducible in
      var key = reproducible.configuration
      guard let leaves = key.conditions.leaves else { return nil }
      key.conditions.leaves = nil
      guard let fast = valid.first(where: { $0.configuration == key }),
        reproducible.agrees(with: fast), let seconds = reproducible.trainingSeconds,
        let ratio = fast.trainingSeconds.flatMap({ SampleStatistics.ratio(seconds, $0) })
      else { return nil }
      return ReproducibilityCost(
        leaves: leaves, ranks: key.ranks, threadsPerRank: key.conditions.threadsPerRank,
        sync: key.sync, ratio: ratio, runIDs: reproducible.runIDs + fast.runIDs)
    }
  }

  /// One line for each cost that a run is part of, to be printed at the end of that run.
  ///
  /// Rank 0 calls it.
  /// - Parameter records: earlier runs, to be searched for runs in the other mode.
  public static func lines(of record: RunRecord, among records: [RunRecord]) -> [String] {
    let others = records.filter { $0.run.id != record.run.id }
    return Comparison(records: others + [record]).groups.flatMap(\.reproducibilityCosts)
      .filter { $0.runIDs.contains(record.run.id) }.map(\.text)
  }

  /// The cost as one line of text.
  var text: String {
    let threads =
      threadsPerRank > 1 ? " x \(NumberText.count(threadsPerRank, "thread", "threads"))" : ""
    let method = sync.isEmpty || sync == "allreduce" ? "" : " by \(sync)"
    return "Price of --reproducible (\(ComparisonPhrases.leaves(leaves))) on "
      + "\(NumberText.count(ranks, "rank", "ranks"))\(threads)\(method): "
      + "\(NumberText.fixed(ratio, 2)) times the fast run's time"
  }
}
