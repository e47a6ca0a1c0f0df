import NeuralNetwork
import RunRecords
import SystemSupport

/// Times one optimizer step of this rank and divides it into phases.
///
/// The engine measures load, forward and backward. The time of an exchange within the backward pass
/// is subtracted from that phase. The time at synchronisation points is subtracted from the update.
struct StepTimer {
  private let start: Double
  private let timeline: StepTimeline
  private let pointsBefore: Int
  /// Receives the times for a trace; nil if this step is not traced.
  private let recorder: StepRecorder?
  private var passes = BatchOutcome()
  /// Seconds of exchange and update within the backward pass.
  private(set) var overlapped = 0.0
  private var arrival = 0.0
  private var end = 0.0

  /// Starts a step.
  ///
  /// - Parameters:
  ///   - start: the end of the step before, so that no time between steps is lost.
  ///   - timeline: receives this rank's arrival at the step's synchronisation points.
  ///   - step: the number of the step, from 1.
  ///   - recorder: nil in a run that is not traced.
  init(startedAt start: Double, timeline: StepTimeline, step: Int, recorder: StepRecorder?) {
    self.start = start
    self.timeline = timeline
    pointsBefore = timeline.pointCount
    self.recorder = recorder?.recording(step)
    self.recorder?.begin(step, at: MonotonicClock.seconds(), point: pointsBefore)
  }

  /// Times an exchange that runs within the backward pass.
  mutating func overlap(_ exchange: () throws -> Void) rethrows {
    let start = MonotonicClock.seconds()
    defer {
      let end = MonotonicClock.seconds()
      overlapped += end - start
      recorder?.recordOverlap(from: start, to: end, pointCount: timeline.pointCount)
    }
    try exchange()
  }

  /// Times the end of the exchange and the update, which follow the passes.
  ///
  /// - Parameters:
  ///   - passes: the seconds of the passes and of a drill.
  ///   - injected: the seconds of the drill, which are part of the backward pass.
  ///   - exchange: receives the time of this rank's arrival.
  mutating func finish(
    after passes: BatchOutcome, injected: Double,
    _ exchange: (_ arrival: Double) throws -> Void
  ) rethrows {
    self.passes = passes
    arrival = MonotonicClock.seconds()
    try exchange(arrival)
    end = MonotonicClock.seconds()
    recorder?.end(
      phases, injected: injected, arrival: arrival, at: end, pointCount: timeline.pointCount)
  }

  /// Seconds of the whole step.
  var seconds: Double { end - start }

  /// Seconds by phase, without the two phases of the all-reduce.
  ///
  /// These are known only after the run, when the arrival times of all ranks are compared.
  var phases: PhaseSeconds {
    var phases = PhaseSeconds()
    phases.load = passes.loadSeconds
    phases.forward = passes.forwardSeconds
    // A rank without samples has no backward pass that an exchange could overlap with.
    phases.backward = max(0, passes.backwardSeconds - overlapped)
    phases.update =
      end - arrival + overlapped - timeline.synchronisationSeconds(after: pointsBefore)
    return phases
  }
}
