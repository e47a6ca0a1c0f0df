import DataParallel
import RunRecords
import Testing

/// The spans of traced steps, cut from times made by hand.
@Suite struct StepRecorderTests {
  private let clock = CommonClock(
    from: ClockOffset(measuredAt: 0, offset: 0), to: ClockOffset(measuredAt: 0, offset: 0))

  private func recorder(_ steps: ClosedRange<Int> = 1...9) -> StepRecorder {
    StepRecorder(steps: steps, epochs: 1, pointsPerStep: 3)
  }

  private func phases(_ load: Double, _ forward: Double, _ backward: Double) -> PhaseSeconds {
    var phases = PhaseSeconds()
    (phases.load, phases.forward, phases.backward) = (load, forward, backward)
    return phases
  }

  private func point(
    _ arrival: Double, _ latest: Double, _ end: Double
  ) -> SynchronisationPoint {
    SynchronisationPoint(arrival: arrival, latestArrival: latest, end: end)
  }

  private func span(_ phase: Phase, _ start: Double, _ end: Double, step: Int = 1) -> TraceSpan {
    TraceSpan(phase, step: step, start: start, end: end)
  }

  @Test func aStepWithOneSynchronisationPoint() {
    let recorder = recorder()
    recorder.begin(1, at: 10, point: 0)
    recorder.end(phases(1, 2, 3), injected: 0, arrival: 16, at: 21, pointCount: 1)
    #expect(
      recorder.spans(points: [point(16, 18, 19)], on: clock) == [
        span(.load, 10, 11), span(.forward, 11, 13), span(.backward, 13, 16),
        span(.allReduceWait, 16, 18), span(.allReduceTransfer, 18, 19), span(.update, 19, 21),
      ])
  }

  /// As with `--sync node`: the update is between two barriers.
  @Test func twoSynchronisationPointsOfTwoSteps() {
    let recorder = recorder()
    recorder.begin(1, at: 0, point: 0)
    recorder.end(phases(1, 1, 1), injected: 0, arrival: 3, at: 8, pointCount: 2)
    recorder.begin(2, at: 8.5, point: 2)
    recorder.end(phases(0, 1, 1), injected: 0, arrival: 11, at: 14, pointCount: 4)
    let points = [point(3, 4, 4.5), point(6, 6, 7), point(11, 11, 11), point(12, 13, 14)]
    #expect(
      recorder.spans(points: points, on: clock) == [
        span(.load, 0, 1), span(.forward, 1, 2), span(.backward, 2, 3),
        span(.allReduceWait, 3, 4), span(.allReduceTransfer, 4, 4.5), span(.update, 4.5, 6),
        span(.allReduceTransfer, 6, 7), span(.update, 7, 8),
        // The pass ends half a second before this rank arrives.
        span(.forward, 8.5, 9.5, step: 2), span(.backward, 9.5, 10.5, step: 2),
        span(.update, 11, 12, step: 2), span(.allReduceWait, 12, 13, step: 2),
        span(.allReduceTransfer, 13, 14, step: 2),
      ])
  }

  /// Two buckets are exchanged during the backward pass, which is cut there, and one after it.
  @Test func exchangesWithinTheBackwardPass() {
    let recorder = recorder()
    // A second passes before the GPU begins.
    recorder.begin(1, at: -1, point: 0)
    recorder.recordOverlap(from: 3, to: 5, pointCount: 1)
    recorder.recordOverlap(from: 6, to: 7, pointCount: 2)
    recorder.end(phases(0, 2, 3), injected: 0, arrival: 8, at: 10, pointCount: 3)
    let points = [point(3, 4, 4.5), point(6, 6, 7), point(8, 8, 9)]
    #expect(
      recorder.spans(points: points, on: clock) == [
        span(.forward, 0, 2), span(.backward, 2, 3), span(.allReduceWait, 3, 4),
        span(.allReduceTransfer, 4, 4.5), span(.update, 4.5, 5), span(.backward, 5, 6),
        span(.allReduceTransfer, 6, 7), span(.backward, 7, 8), span(.allReduceTransfer, 8, 9),
        span(.update, 9, 10),
      ])
  }

  /// Calls that exchange nothing do not cut the backward pass; their time is one span of the update.
  @Test func callsThatExchangeNothing() {
    let recorder = recorder()
    recorder.begin(1, at: 0, point: 0)
    recorder.recordOverlap(from: 2, to: 2.25, pointCount: 0)
    recorder.recordOverlap(from: 3, to: 3.25, pointCount: 0)
    recorder.end(phases(1, 1, 1.5), injected: 0, arrival: 4, at: 5, pointCount: 1)
    #expect(
      recorder.spans(points: [point(4, 4, 5)], on: clock) == [
        span(.load, 0, 1), span(.forward, 1, 2), span(.backward, 2, 3.5), span(.update, 3.5, 4),
        span(.allReduceTransfer, 4, 5),
      ])
  }

  @Test func aDrillHasASpanOfItsOwn() {
    let recorder = recorder()
    recorder.begin(1, at: 0, point: 0)
    recorder.end(phases(1, 1, 5), injected: 3, arrival: 7, at: 9, pointCount: 1)
    #expect(
      recorder.spans(points: [point(7, 7, 8)], on: clock) == [
        span(.load, 0, 1), span(.forward, 1, 2), span(.backward, 2, 4),
        TraceSpan(.backward, isInjected: true, step: 1, start: 4, end: 7),
        span(.allReduceTransfer, 7, 8), span(.update, 8, 9),
      ])
  }

  /// A rank without samples exchanges its buckets outside of any pass.
  @Test func aRankWithoutSamples() {
    let recorder = recorder()
    recorder.begin(1, at: 0, point: 0)
    recorder.recordOverlap(from: 0.5, to: 2, pointCount: 1)
    recorder.end(phases(0, 0, 0), injected: 0, arrival: 2.5, at: 4, pointCount: 2)
    #expect(
      recorder.spans(points: [point(0.5, 1, 2), point(2.5, 3, 4)], on: clock) == [
        span(.allReduceWait, 0.5, 1), span(.allReduceTransfer, 1, 2),
        span(.allReduceWait, 2.5, 3), span(.allReduceTransfer, 3, 4),
      ])
  }

  /// Times are those of rank 0's clock, and spans between steps are in their place.
  @Test func spansBetweenSteps() {
    let recorder = recorder(2...3)
    #expect(recorder.recording(1) == nil && recorder.recording(4) == nil)
    #expect(recorder.recording(2) === recorder)
    recorder.record(TraceSpan(.load, step: 1, epoch: 1, start: 0, end: 1))
    recorder.begin(2, at: 1, point: 0)
    recorder.end(phases(0, 1, 0), injected: 0, arrival: 2, at: 3, pointCount: 0)
    recorder.record(TraceSpan(.evaluate, step: 2, epoch: 1, start: 3, end: 4))
    let later = CommonClock(
      from: ClockOffset(measuredAt: 0, offset: 100), to: ClockOffset(measuredAt: 9, offset: 100))
    #expect(
      recorder.spans(points: [], on: later) == [
        span(.forward, 101, 102, step: 2), span(.update, 102, 103, step: 2),
        TraceSpan(.evaluate, step: 2, epoch: 1, start: 103, end: 104),
      ])
  }
}
