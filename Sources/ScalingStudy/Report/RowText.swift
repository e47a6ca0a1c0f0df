import ScalingComparison
import TextTables

/// Names of rows and of works in a report.
enum RowText {
  /// `2 ranks, node, 1 thread each`, with nodes, mode and drill where there are such.
  static func name(_ row: StudyRow) -> String {
    var parts = [NumberText.count(row.ranks, "rank", "ranks")]
    if row.nodes > 1 { parts[0] += " on \(row.nodes) nodes" }
    if !row.sync.isEmpty { parts.append(row.sync) }
    parts.append(
      NumberText.count(row.threads, "thread", "threads") + (row.ranks > 1 ? " each" : ""))
    if let leaves = row.leaves { parts.append(ComparisonPhrases.mode(leaves)) }
    if let drill = row.drill { parts.append("drill \(drill)") }
    return parts.joined(separator: ", ")
  }

  /// Two lines: the work, and the machine with the program.
  static func heading(_ work: StudyWork) -> [String] {
    let record = work.example
    let batch = work.scaling == .strong ? "global batch" : "batch per rank"
    let length =
      record.work.steps.map { NumberText.count($0, "step", "steps") }
      ?? NumberText.count(record.work.epochs, "epoch", "epochs")
    let revision = record.machine.revision
    var lines = [
      "\(work.model), \(work.scaling.rawValue) scaling, \(batch) \(work.batch), \(length), seed "
        + "\(record.work.seed), data \(record.config.data) (\(record.work.trainingSamples) "
        + "training and \(record.work.testSamples) test images)",
      "On \(record.machine.cpu) with \(NumberText.count(record.machine.cores, "core", "cores")) a "
        + "node, device \(record.config.device), program revision "
        + (revision.isEmpty ? "unknown" : revision),
    ]
    if record.config.syntheticData { lines.append(ComparisonPhrases.synthetic) }
    return lines
  }
}
