import Foundation
import RunRecords
import ScalingComparison
import SystemSupport
import TextTables

/// The lines that a study prints while it runs.
final class StudyProgress {
  private let report: @Sendable (String) -> Void
  private var startedAt = 0.0
  private var seconds: [Double] = []

  init(_ report: @escaping @Sendable (String) -> Void) { self.report = report }

  /// The mean duration of the runs so far, start-up included; nil before the first.
  var meanRunSeconds: Double? {
    seconds.isEmpty ? nil : seconds.reduce(0, +) / Double(seconds.count)
  }

  func calibrating(_ configuration: StudyConfiguration) {
    report("calibration: \(configuration.key)")
  }

  /// Before a run: where the study is, and how long it will take.
  func starting(
    _ configuration: StudyConfiguration, block: Int, of blocks: Int?, run: Int, of runs: Int,
    secondsLeft: Double?
  ) {
    startedAt = MonotonicClock.seconds()
    let total = blocks.map { " of \($0)" } ?? ""
    let left = secondsLeft.map { ", about \(Self.duration($0)) left" } ?? ""
    report("block \(block)\(total), run \(run) of \(runs): \(configuration.key)\(left)")
  }

  /// After a run: its figures.
  func finished(_ configuration: StudyConfiguration, _ record: RunRecord) {
    seconds.append(MonotonicClock.seconds() - startedAt)
    let disturbed =
      MeasurementValidity.isDisturbedByOthers(record)
      ? "; disturbed by other programs: the block is repeated" : ""
    report(
      "  \(configuration.key): \(SecondsText.text(record.result.trainingSeconds)) s, "
        + "\(NumberText.fixed(record.result.imagesPerSecond, 0)) images/s\(disturbed)")
  }

  func failed(
    _ configuration: StudyConfiguration, exitCode: Int32, attempt: Int, reason: String,
    file: String
  ) {
    seconds.append(MonotonicClock.seconds() - startedAt)
    report(
      "  \(configuration.key): failed with exit code \(exitCode), attempt \(attempt): \(reason) "
        + "(output in \(file))")
  }

  func interrupted(_ signal: Int32) { report("ended by signal \(signal)") }

  static func duration(_ seconds: Double) -> String {
    seconds < 90
      ? "\(NumberText.fixed(seconds, 0)) s" : "\(NumberText.fixed(seconds / 60, 0)) min"
  }
}
