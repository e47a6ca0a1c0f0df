import ArgumentParser
import DataParallel
import RunRecords

/// The value of `--inject`: a fault drill, for teaching and tests.
struct DrillOption: ExpressibleByArgument, Equatable {
  /// The value as it was given, in lower case.
  let text: String
  let slow: SlowDrill

  /// Parses `slow:rank1:1.5x`.
  init?(argument: String) {
    text = argument.lowercased()
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "slow", parts[1].hasPrefix("rank"), parts[2].hasSuffix("x"),
      let rank = Int(parts[1].dropFirst(4)), let factor = Double(parts[2].dropLast()), rank >= 0,
      factor > 1, factor <= 100
    else { return nil }
    slow = SlowDrill(rank: rank, factor: factor)
  }

  static var allValueStrings: [String] { ["slow:rankR:Fx (F above 1, at most 100)"] }
  var defaultValueDescription: String { text }

  /// What the drill does, for the output of a run.
  var explanation: String {
    "Drill: \(text): rank \(slow.rank) computes \(slow.factor) times as long on purpose; "
      + "this run is not a measurement"
  }
}

extension StudyMembership: ExpressibleByArgument {
  /// Parses `study:block:configuration:attempt`, which only `mnist-mpi study` passes.
  public init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, !parts[0].isEmpty, let block = Int(parts[1]), block > 0,
      !parts[2].isEmpty, let attempt = Int(parts[3]), attempt > 0
    else { return nil }
    self.init(study: parts[0], block: block, configuration: parts[2], attempt: attempt)
  }
}
