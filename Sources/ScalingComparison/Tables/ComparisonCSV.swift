/// A comparison as comma-separated values (RFC 4180), one line per row, numbers unrounded.
enum ComparisonCSV {
  static func text(_ comparison: Comparison) -> String {
    var lines = [columns.map(\.name)]
    for group in comparison.groups {
      for row in group.rows {
        lines.append(columns.map { $0.value(group, row) })
      }
    }
    return lines.map { $0.map(quoted).joined(separator: ",") }.joined(separator: "\n")
  }

  private typealias Value = @Sendable (ComparisonGroup, ComparisonRow) -> String

  private static let columns: [(name: String, value: Value)] = [
    ("workHash", { group, _ in group.workHash }),
    ("model", { group, _ in group.model }),
    ("scaling", { group, _ in group.scaling.rawValue }),
    ("data", { group, _ in group.data }),
    ("syntheticData", { group, _ in "\(group.syntheticData)" }),
    ("ranks", { "\($1.ranks)" }),
    ("nodes", { "\($1.nodes)" }),
    ("hosts", { $1.hosts.joined(separator: " ") }),
    ("threadsPerRank", { "\($1.threadsPerRank)" }),
    ("binding", { $1.binding.rawValue }),
    ("sync", { $1.sync }),
    ("leaves", { $1.leaves.map { "\($0)" } ?? "" }),
    ("device", { $1.device }),
    ("cpu", { $1.cpu }),
    ("revision", { $1.revision }),
    ("globalBatch", { "\($1.globalBatch)" }),
    ("runs", { "\($1.runs)" }),
    ("trainingSeconds", { number($1.trainingSeconds) }),
    ("trainingSecondsMin", { number($1.trainingSecondsMin) }),
    ("trainingSecondsMax", { number($1.trainingSecondsMax) }),
    ("imagesPerSecond", { number($1.imagesPerSecond) }),
    ("speedup", { number($1.speedup) }),
    ("efficiency", { number($1.efficiency) }),
    ("communicationShare", { number($1.communicationShare) }),
    ("waitShare", { number($1.waitShare) }),
    ("transferShare", { number($1.transferShare) }),
    ("testAccuracy", { number($1.testAccuracy) }),
    ("accuracyAgrees", { $1.accuracyAgrees.map { "\($0)" } ?? "" }),
    ("finalLoss", { number($1.finalLoss) }),
    ("replicasEqual", { "\($1.replicasEqual)" }),
    ("isMeasurement", { "\($1.isMeasurement)" }),
    ("sameWork", { $1.verdict?.text ?? "" }),
    ("baseRuns", { "\($1.baseRuns)" }),
    ("baseTrainingSeconds", { number($1.baseTrainingSeconds) }),
    ("notes", { $1.notes.joined(separator: "; ") }),
  ]

  private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return field }
    return "\"\(field.replacing("\"", with: "\"\""))\""
  }
}
