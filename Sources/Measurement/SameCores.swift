/// Ways of using the same number of cores for the same work: one rank with threads beside several ranks.
///
/// A row's own speedup is against one rank with as many threads; here everything is against one core.
public struct SameCores: Codable, Equatable, Sendable {
  /// One way: so many ranks with so many threads each.
  public struct Way: Codable, Equatable, Sendable {
    public var ranks: Int
    public var threadsPerRank: Int
    public var binding: BindingClass
    /// Median over the runs.
    public var trainingSeconds: Double
    /// Median of one rank with one thread, divided by `trainingSeconds`; nil without such a run.
    public var speedupOverOneCore: Double?
  }

  /// Ranks times threads per rank.
  public var cores: Int
  public var ways: [Way]

  /// All core counts that strong-scaling rows of one machine and program reach in more than one way.
  static func list(_ rows: [ComparisonRow], scaling: Scaling) -> [SameCores] {
    guard scaling == .strong else { return [] }
    let counts = Set(rows.map { $0.ranks * $0.threadsPerRank }).filter { $0 > 1 }.sorted()
    return counts.compactMap { cores in
      let same = rows.filter { $0.ranks * $0.threadsPerRank == cores }
      guard let first = same.first else { return nil }
      func matches(_ row: ComparisonRow) -> Bool {
        (row.cpu, row.cores, row.device, row.revision)
          == (first.cpu, first.cores, first.device, first.revision)
      }
      let one = rows.first { $0.ranks * $0.threadsPerRank == 1 && matches($0) }?.trainingSeconds
      let ways = same.filter(matches).compactMap { row -> Way? in
        guard let seconds = row.trainingSeconds else { return nil }
        return Way(
          ranks: row.ranks, threadsPerRank: row.threadsPerRank, binding: row.binding,
          trainingSeconds: seconds,
          speedupOverOneCore: one.flatMap { Statistics.ratio($0, seconds) })
      }
      guard Set(ways.map(\.ranks)).count > 1 else { return nil }
      return SameCores(cores: cores, ways: ways)
    }
  }

  /// One line for people.
  var text: String {
    let parts = ways.map { way in
      let name =
        "\(NumberText.count(way.ranks, "rank", "ranks")) x "
        + NumberText.count(way.threadsPerRank, "thread", "threads")
      let speedup = way.speedupOverOneCore.map { ", \(NumberText.fixed($0, 2)) of one core" } ?? ""
      return "\(name) \(NumberText.fixed(way.trainingSeconds, 2)) s\(speedup)"
    }
    return "Same cores in total (\(cores)): " + parts.joined(separator: "; ")
  }
}
