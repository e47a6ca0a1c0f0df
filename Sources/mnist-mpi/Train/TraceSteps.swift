import ArgumentParser
import Foundation
import RunRecords

/// The value of `--trace-steps`: one step or a range of steps.
struct TraceSteps: ExpressibleByArgument, Equatable {
  /// The value as it was given.
  let text: String
  let range: ClosedRange<Int>

  /// Parses `20..40` or `7`.
  init?(argument: String) {
    let parts = argument.components(separatedBy: "..")
    let numbers = parts.compactMap { part in
      part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil
    }
    guard numbers.count == parts.count, parts.count <= 2, let first = numbers.first,
      let last = numbers.last, first >= 1, first <= last
    else { return nil }
    text = argument
    range = first...last
  }

  static var allValueStrings: [String] { ["FIRST..LAST or a step, from 1"] }
  var defaultValueDescription: String { text }

  /// What is missing in the trace of a run that took fewer steps than planned; nil if nothing is.
  func note(stepsTaken: Int) -> String? {
    guard range.upperBound > stepsTaken else { return nil }
    let traced =
      range.lowerBound > stepsTaken ? "no step" : "the steps from \(range.lowerBound) on"
    return "--trace-steps \(text): the run ended after step \(stepsTaken); the trace has \(traced)"
  }
}

extension RunTrace {
  /// The trace of a run by its record and the spans of its ranks.
  init(_ record: RunRecord, _ spans: [[TraceSpan]]) {
    self.init(
      model: record.config.model, run: record.run.id,
      tracks: zip(record.ranks, spans).map { Track(host: $0.host, spans: $1) })
  }
}
