public import RunRecords

/// One step of a trace: what each rank did at which time of the step.
public struct StepDrawing: Equatable, Sendable {
  /// A stretch of time of one rank in one phase, in seconds from the start of the step.
  public struct Span: Equatable, Sendable {
    public let rank: Int
    public let phase: Phase
    /// Whether a drill added this time to the backward phase.
    public let isInjected: Bool
    public let start: Double
    public let end: Double
  }

  /// The name of the model.
  public let model: String
  /// The number of the step, from 1.
  public let step: Int
  /// From the start of the first rank to the end of the last one.
  public let seconds: Double
  /// The host of each rank.
  public let hosts: [String]
  /// By rank, and by time within a rank.
  public let spans: [Span]
  /// The steps among which this one was chosen for its duration; nil if the caller named it.
  public let candidates: ClosedRange<Int>?

  /// How many first steps of a run are not chosen if there are others: they warm up caches.
  private static let firstSteps = 5

  /// A step of a trace.
  ///
  /// - Parameter step: the number of the step; nil for the step of median duration after the first
  ///   five of the run.
  /// - Throws: `TraceError.noSteps` or `.noSuchStep`.
  public init(of trace: RunTrace, step named: Int? = nil) throws(TraceError) {
    let extents = Self.extents(of: trace)
    let steps = extents.keys.sorted()
    guard let first = steps.first, let last = steps.last else { throw .noSteps }
    let late = steps.filter { $0 > Self.firstSteps }
    let candidates = late.isEmpty ? steps : late
    let median = candidates.sorted { left, right in
      (extents[left]?.seconds ?? 0, left) < (extents[right]?.seconds ?? 0, right)
    }[(candidates.count - 1) / 2]
    let step = named ?? median
    guard let extent = extents[step] else {
      throw .noSuchStep(step, first: first, last: last)
    }
    self.candidates = named == nil ? candidates[0]...last : nil
    self.step = step
    model = trace.model
    hosts = trace.tracks.map(\.host)
    seconds = extent.seconds
    spans = trace.tracks.enumerated().flatMap { rank, track in
      track.spans.filter { $0.step == step && $0.epoch == nil }.map { span in
        Span(
          rank: rank, phase: span.phase, isInjected: span.isInjected,
          start: span.start - extent.start, end: span.end - extent.start)
      }
    }
  }

  /// The times of a step over all ranks.
  private struct Extent {
    var start: Double
    var end: Double
    var seconds: Double { end - start }
  }

  /// The times of every step, by its number.
  private static func extents(of trace: RunTrace) -> [Int: Extent] {
    var extents: [Int: Extent] = [:]
    for span in trace.tracks.flatMap(\.spans) where span.epoch == nil {
      var extent = extents[span.step] ?? Extent(start: span.start, end: span.end)
      extent.start = min(extent.start, span.start)
      extent.end = max(extent.end, span.end)
      extents[span.step] = extent
    }
    return extents
  }
}
