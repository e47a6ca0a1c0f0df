import RunRecords
import TextTables

/// One line of the table of all runs.
struct RunContext {
  let file: String
  let block: String
  let configuration: String
  let ranks: String
  let seconds: String
  let validity: String
  let reasons: String
  /// `yes`, or why its row does not use the run.
  let counts: String

  init(_ run: StudyRun) {
    let record = run.record
    file = run.file.split(separator: "/").last.map(String.init) ?? run.file
    block =
      record.study.map { "\($0.block)" + ($0.attempt > 1 ? ", attempt \($0.attempt)" : "") } ?? "-"
    configuration = Self.configuration(record)
    ranks = "\(record.run.ranks)"
    seconds = SecondsText.text(record.result.trainingSeconds)
    validity = run.validity.rawValue
    reasons = run.reasons.isEmpty ? "-" : run.reasons.joined(separator: "; ")
    counts = run.exclusion.map { "no: \($0)" } ?? "yes"
  }

  /// The key in a study; outside studies the same facts.
  static func configuration(_ record: RunRecord) -> String {
    if let study = record.study { return study.configuration }
    let config = record.config
    let batch = config.batchPerRank ?? config.globalBatch
    return "\(config.model)-\(config.scaling.rawValue)-b\(batch)-np\(record.run.ranks)"
      + "-t\(config.threadsPerRank)-\(config.sync ?? "allreduce")"
  }
}
