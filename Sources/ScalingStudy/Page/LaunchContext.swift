import RunRecords
import ScalingComparison
import SystemSupport
import TextTables

/// How the runs of a configuration were started, and on which cores.
struct LaunchContext {
  let configuration: String
  let runs: String
  let launcher: String
  let command: String
  let binding: String
  /// The cores of every rank.
  let cores: [String]

  /// Lists of more ranks end with their number.
  private static let mostRanks = 64

  /// One entry for each command and placement, by ranks and configuration.
  static func list(_ runs: [StudyRun]) -> [LaunchContext] {
    var order: [Key] = []
    var counts: [Key: Int] = [:]
    for run in runs {
      let key = Key(run.record)
      if counts[key] == nil { order.append(key) }
      counts[key, default: 0] += 1
    }
    return order.enumerated().sorted { one, other in
      (one.element.ranks, one.element.configuration, one.offset)
        < (other.element.ranks, other.element.configuration, other.offset)
    }.map { LaunchContext($0.element, runs: counts[$0.element] ?? 0) }
  }

  private struct Key: Hashable {
    let configuration: String
    let ranks: Int
    let launcher: String
    let command: [String]
    let binding: BindingClass
    let cores: [String]

    init(_ record: RunRecord) {
      configuration = RunContext.configuration(record)
      ranks = record.run.ranks
      let nodes = NumberText.count(record.run.nodes, "node", "nodes")
      launcher =
        "\(record.run.launcher), \(NumberText.count(ranks, "rank", "ranks")) on \(nodes)"
      command = LaunchContext.withoutPlace(record.run.command)
      binding = record.machine.binding
      let named = record.ranks.prefix(LaunchContext.mostRanks).map { rank in
        "rank \(rank.rank) on \(ComparisonPhrases.shortHost(rank.host)): "
          + "\(rank.cores.count == 1 ? "core" : "cores") \(NumberText.ranges(rank.cores))"
      }
      let others = record.ranks.count - named.count
      cores = named + (others > 0 ? ["and \(others) more ranks"] : [])
    }
  }

  private init(_ key: Key, runs: Int) {
    configuration = key.configuration
    self.runs = "\(runs)"
    launcher = key.launcher
    command = key.command.map(ShellWord.quoted).joined(separator: " ")
    binding = key.binding.rawValue
    cores = key.cores
  }

  /// The words without the place in the study, in which the runs of a configuration differ.
  private static func withoutPlace(_ words: [String]) -> [String] {
    var kept: [String] = []
    var rest = words.makeIterator()
    while let word = rest.next() {
      if word == "--study-run" { _ = rest.next() } else { kept.append(word) }
    }
    return kept
  }
}
