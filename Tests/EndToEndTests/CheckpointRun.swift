import Foundation
import RunRecords
import TestSupport
import Testing

/// Runs of one work that write checkpoints, in a directory of their own.
struct CheckpointRun {
  /// 14 steps an epoch; the 25th step is in the middle of the second.
  static let work = [
    "--model", "conv3x3:4,relu,maxpool2,fc:20,relu,fc:classes", "--batch-size", "30", "--epochs",
    "3", "--threads", "1",
  ]

  let directory: TemporaryDirectory
  /// Options that all runs have besides the work.
  let options: [String]
  let environment: [String: String]

  init(_ options: [String] = [], environment: [String: String] = [:]) throws {
    self.environment = environment
    directory = try IDXFixture(trainingCount: 400, testCount: 50, height: 12, width: 12).write()
    self.options = options
  }

  /// The directory of checkpoints.
  var checkpoints: String { directory.path("checkpoints") }

  /// The arguments of a run; `--checkpoint` comes with a number of steps.
  func arguments(every steps: Int? = nil, _ further: [String] = []) -> [String] {
    var arguments = Self.work + options
    arguments += ["--data", directory.path, "--results", directory.path("results")]
    if let steps {
      arguments += ["--checkpoint", checkpoints, "--checkpoint-every", "\(steps)"]
    }
    return arguments + further
  }

  /// The record of a run that must succeed.
  func record(
    ranks: Int, every steps: Int? = nil, _ further: [String] = []
  ) async throws -> (record: RunRecord, result: ProcessResult) {
    let file = directory.path("record-\(UUID().uuidString).json")
    let result = try await Program.succeed(
      ranks: ranks, arguments(every: steps, further) + ["--json", file],
      environment: environment)
    return (try #require(try RecordStore.load(files: [file]).first).record, result)
  }

  /// Whether two runs trained the same samples in the same order and ended with the same bits.
  static func isSame(_ one: RunRecord, _ other: RunRecord) -> Bool {
    one.certificate == other.certificate && one.certificate != nil
      && one.result.weightsSHA256 == other.result.weightsSHA256
      && one.result.steps == other.result.steps
      && one.result.samplesSeen == other.result.samplesSeen
      && one.result.finalLoss == other.result.finalLoss
      && one.epochs.map(\.trainingLoss) == other.epochs.map(\.trainingLoss)
      && one.epochs.map(\.testAccuracy) == other.epochs.map(\.testAccuracy)
  }
}
