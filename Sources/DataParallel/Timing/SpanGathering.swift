import MessagePassing
import RunRecords

/// Gathering the spans of all ranks on rank 0.
enum SpanGathering {
  /// The spans of each rank on rank 0, nil on other ranks; called by all ranks.
  static func gather(
    _ spans: [TraceSpan], over communicator: Communicator
  ) throws -> [[TraceSpan]]? {
    try communicator.gather(spans.flatMap(numbers(of:)))?.map(spans(from:))
  }

  /// Numbers of a span in a message.
  private static let length = 6

  /// A span as numbers, which a message can contain.
  private static func numbers(of span: TraceSpan) -> [Double] {
    let phase = Phase.allCases.firstIndex(of: span.phase) ?? 0
    return [
      Double(phase), span.isInjected ? 1 : 0, Double(span.step), Double(span.epoch ?? 0),
      span.start, span.end,
    ]
  }

  /// The spans that `numbers` describe.
  private static func spans(from numbers: [Double]) -> [TraceSpan] {
    stride(from: 0, to: numbers.count, by: length).map { first in
      let integers = numbers[first..<(first + 4)].map { Int($0) }
      return TraceSpan(
        Phase.allCases[integers[0]], isInjected: integers[1] == 1, step: integers[2],
        epoch: integers[3] == 0 ? nil : integers[3], start: numbers[first + 4],
        end: numbers[first + 5])
    }
  }
}
