import RunRecords

/// Records when this rank did what in the traced steps, for a trace of the run.
///
/// During the training it only stores times, in memory that was reserved before. Spans are cut from
/// them after the training. A run without a trace has no recorder.
package final class StepRecorder {
  private let steps: ClosedRange<Int>
  private var marks: [StepMarks] = []
  private var overlaps: [StepMarks.Overlap] = []
  /// Spans that need no cutting: of a device's whole steps, and between steps.
  private var wholes: [TraceSpan] = []

  /// Reserves memory.
  ///
  /// - Parameters:
  ///   - steps: the steps to record.
  ///   - epochs: planned epochs.
  ///   - pointsPerStep: synchronisation points of a step; 0 if a device takes whole steps.
  package init(steps: ClosedRange<Int>, epochs: Int, pointsPerStep: Int) {
    self.steps = steps
    wholes.reserveCapacity(2 * epochs + (pointsPerStep == 0 ? steps.count : 0))
    guard pointsPerStep > 0 else { return }
    marks.reserveCapacity(steps.count)
    // Each overlap has a point, and at least one point follows the passes.
    overlaps.reserveCapacity(steps.count * (pointsPerStep - 1))
  }

  /// This recorder if it records the step.
  package func recording(_ step: Int) -> StepRecorder? { steps.contains(step) ? self : nil }

  /// Begins a step; `point` is the number of synchronisation points before it.
  package func begin(_ step: Int, at time: Double, point: Int) {
    marks.append(StepMarks(step: step, begin: time, overlap: overlaps.count, point: point))
  }

  /// Records a call of the exchange within the backward pass of the step.
  package func recordOverlap(from start: Double, to end: Double, pointCount: Int) {
    let last = marks.count - 1
    let first = marks[last].points.upperBound
    guard pointCount > first else {
      marks[last].idle += end - start
      return
    }
    overlaps.append(StepMarks.Overlap(start: start, end: end, points: first..<pointCount))
    marks[last].overlaps = marks[last].overlaps.lowerBound..<overlaps.count
    marks[last].points = pointCount..<pointCount
  }

  /// Ends the step.
  ///
  /// - Parameters:
  ///   - phases: the seconds of the step by phase.
  ///   - injected: the seconds of the backward phase that a drill added.
  ///   - arrival: when this rank had computed its gradients.
  ///   - end: when it had updated its parameters.
  package func end(
    _ phases: PhaseSeconds, injected: Double, arrival: Double, at end: Double, pointCount: Int
  ) {
    let last = marks.count - 1
    marks[last].load = phases.load
    marks[last].forward = phases.forward
    marks[last].backward = phases.backward - injected
    marks[last].injected = injected
    marks[last].arrival = arrival
    marks[last].end = end
    marks[last].points = marks[last].points.upperBound..<pointCount
  }

  /// Records a span that needs no cutting, if its step is traced.
  package func record(_ span: TraceSpan) {
    if steps.contains(span.step) { wholes.append(span) }
  }

  /// All spans of this rank in order of time, on the clock of all ranks.
  ///
  /// - Parameter points: the synchronisation points of the whole run, on that clock.
  package func spans(points: [SynchronisationPoint], on clock: CommonClock) -> [TraceSpan] {
    let overlaps = overlaps.map { overlap in
      StepMarks.Overlap(
        start: clock.time(of: overlap.start), end: clock.time(of: overlap.end),
        points: overlap.points)
    }
    let cut = marks.flatMap { step in
      var step = step
      step.begin = clock.time(of: step.begin)
      step.arrival = clock.time(of: step.arrival)
      step.end = clock.time(of: step.end)
      return step.spans(overlaps: overlaps, points: points)
    }
    let wholes = wholes.map { span in
      var span = span
      span.start = clock.time(of: span.start)
      span.end = clock.time(of: span.end)
      return span
    }
    return (cut + wholes).sorted { $0.start < $1.start }
  }
}
