import RunRecords
import Statistics
import TextTables

/// Configurations that use the same number of cores for the same work with different rank counts.
///
/// For example one rank with two threads and two ranks with one thread. The speedup of a row refers
/// to one rank with as many threads per rank; here all speedups refer to one core.
public struct EqualCoreComparison: Codable, Equatable, Sendable {
  /// A number of ranks with a number of threads each.
  public struct Alternative: Codable, Equatable, Sendable {
    public var ranks: Int
    public var threadsPerRank: Int
    public var binding: BindingClass
    public var runIDs: [String]
    /// Median over the runs.
    public var trainingSeconds: Double
    /// Median of one rank with one thread, divided by `trainingSeconds`; nil without such a run.
    public var speedupOverOneCore: Double?
  }

  /// Ranks times threads per rank.
  public var cores: Int
  /// Leaves of the reproducible mode; nil in the fast mode.
  public var leaves: Int?
  public var alternatives: [Alternative]

  private enum CodingKeys: String, CodingKey {
    case cores
    case leaves
    case alternatives = "ways"
  }

  /// A comparison for every core count that several rank counts reach; strong scaling only.
  ///
  /// The measurements are of one work, with the same outcome, under conditions that differ in
  /// threads and binding alone.
  static func list(_ repeats: [Repeats], scaling: Scaling) -> [EqualCoreComparison] {
    guard scaling == .strong else { return [] }
    let valid = repeats.filter(\.isValid)
    var kinds: [Conditions] = []
    for kind in valid.map(\.configuration.conditions.withAnyThreads) where !kinds.contains(kind) {
      kinds.append(kind)
    }
    let counts = Set(valid.map(\.configuration.totalCores)).filter { $0 > 1 }.sorted()
    return counts.flatMap { cores in
      kinds.compactMap { kind in
        EqualCoreComparison(
          cores: cores, valid.filter { $0.configuration.conditions.withAnyThreads == kind })
      }
    }
  }

  /// Nil unless two rank counts reach the cores with the same outcome.
  private init?(cores: Int, _ repeats: [Repeats]) {
    let one = repeats.first { $0.configuration.totalCores == 1 }
    let same = repeats.filter { $0.configuration.totalCores == cores }
    guard let reference = one ?? same.first else { return nil }
    self.cores = cores
    leaves = reference.configuration.conditions.leaves
    alternatives = same.filter { $0.agrees(with: reference) }.compactMap { repeats in
      guard let seconds = repeats.trainingSeconds else { return nil }
      let conditions = repeats.configuration.conditions
      return Alternative(
        ranks: repeats.configuration.ranks, threadsPerRank: conditions.threadsPerRank,
        binding: conditions.binding, runIDs: repeats.runIDs, trainingSeconds: seconds,
        speedupOverOneCore: one?.trainingSeconds.flatMap { SampleStatistics.ratio($0, seconds) })
    }
    guard Set(alternatives.map(\.ranks)).count > 1 else { return nil }
  }

  /// The comparison as one line of text.
  var text: String {
    let parts = alternatives.map { alternative in
      let name =
        "\(NumberText.count(alternative.ranks, "rank", "ranks")) x "
        + NumberText.count(alternative.threadsPerRank, "thread", "threads")
      let speedup =
        alternative.speedupOverOneCore.map { ", \(NumberText.fixed($0, 2)) of one core" } ?? ""
      return "\(name) \(SecondsText.text(alternative.trainingSeconds)) s\(speedup)"
    }
    let mode = leaves.map { ", \(ComparisonPhrases.leaves($0))" } ?? ""
    return "Same cores in total (\(cores))\(mode): " + parts.joined(separator: "; ")
  }
}
