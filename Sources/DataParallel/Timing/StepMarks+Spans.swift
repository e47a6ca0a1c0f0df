import RunRecords

/// Cutting a step into spans.
extension StepMarks {
  /// The spans of this step, in order of time and without overlap.
  ///
  /// The sum of a phase's spans is the phase of this step in `StepTimer`.
  /// - Parameters:
  ///   - overlaps: all overlaps that were recorded, on the same clock as this step.
  ///   - points: all synchronisation points, on that clock.
  func spans(overlaps: [Overlap], points: [SynchronisationPoint]) -> [TraceSpan] {
    let own = overlaps[self.overlaps]
    var spans = passes(between: own)
    for overlap in own {
      spans += exchange(from: overlap.start, to: overlap.end, points[overlap.points])
    }
    spans.append(span(.update, from: passesEnd - idle, to: passesEnd))
    spans.append(span(.backward, isInjected: true, from: passesEnd, to: arrival))
    spans += exchange(from: arrival, to: end, points[self.points])
    return spans.filter { $0.seconds > 0 }.sorted { $0.start < $1.start }
  }

  /// When the passes ended and a drill began to wait.
  private var passesEnd: Double { max(begin, arrival - injected) }

  /// Load, forward and backward pass, one after the other in the time outside of overlaps.
  ///
  /// The engine measures their seconds and not when they began. A CPU begins them at once, and its
  /// first thread may then wait for others. A GPU with overlaps computes until the end, and may
  /// have prepared its work before. Calls that exchanged nothing last less than a microsecond; all
  /// of them are moved to the end of the passes.
  private func passes(between overlaps: ArraySlice<Overlap>) -> [TraceSpan] {
    var free = zip(
      [begin] + overlaps.map(\.end), overlaps.map(\.start) + [passesEnd - idle]
    ).map { (start: $0, end: $1) }[...]
    if !overlaps.isEmpty {
      let unused =
        free.reduce(0) { $0 + max(0, $1.end - $1.start) } - (load + forward + backward)
      free[0].start = min(max(begin, begin + unused), max(begin, free[0].end))
    }
    var spans: [TraceSpan] = []
    for (phase, seconds) in [(Phase.load, load), (.forward, forward), (.backward, backward)] {
      var rest = seconds
      while rest > 0, let (start, limit) = free.first {
        let end = min(start + rest, max(start, limit))
        spans.append(span(phase, from: start, to: end))
        if end < limit {
          rest = 0
          free[free.startIndex].start = end
        } else {
          rest -= end - start
          free.removeFirst()
        }
      }
    }
    return spans
  }

  /// Waiting and transfer at each point; the rest of the time belongs to the update.
  private func exchange(
    from start: Double, to end: Double, _ points: ArraySlice<SynchronisationPoint>
  ) -> [TraceSpan] {
    var spans: [TraceSpan] = []
    var now = start
    for point in points {
      spans.append(span(.update, from: now, to: point.arrival))
      spans.append(span(.allReduceWait, from: point.arrival, to: point.complete))
      spans.append(span(.allReduceTransfer, from: point.complete, to: point.end))
      now = point.end
    }
    return spans + [span(.update, from: now, to: end)]
  }

  private func span(
    _ phase: Phase, isInjected: Bool = false, from start: Double, to end: Double
  ) -> TraceSpan {
    TraceSpan(phase, isInjected: isInjected, step: step, start: start, end: end)
  }
}
