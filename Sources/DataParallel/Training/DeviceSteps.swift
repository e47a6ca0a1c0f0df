import NeuralNetwork
import RunRecords
import SystemSupport

/// Steps of a single rank on a device that takes many of them in one call, without the host.
struct DeviceSteps: EpochSteps {
  let work: WholeWork
  let runner: any StepRunner
  /// What is asked for after a call.
  let requests: () -> StepRequests
  /// What a watchdog sees; nil without one.
  let monitor: ProgressMonitor?
  /// Records the steps for a trace; nil without one.
  let recorder: StepRecorder?

  /// The phases of such a step; only the sum of their times is known.
  static let fusedPhases: [Phase] = [.load, .forward, .backward, .update]

  /// Large enough that waiting for the end costs little, small enough that progress is visible.
  let stepsPerCall = 128
  var batchCount: Int { work.batchCount }

  func takeSteps(_ batches: Range<Int>, firstStep: Int, startedAt start: Double) throws
    -> [StepOutcome]
  {
    monitor?.begin(.compute, step: firstStep)
    let outcomes = work.takeSteps(batches, by: runner, firstStep: firstStep)
    try runner.checkDevice()
    let seconds = (MonotonicClock.seconds() - start) / Double(max(batches.count, 1))
    var phases = PhaseSeconds()
    phases.update = seconds
    let requests = requests()
    if let recorder {
      // The end of a step is computed as the start of the next one, so that no rounding overlaps them.
      func end(of steps: Int) -> Double { start + Double(steps) * seconds }
      for index in 0..<batches.count {
        recorder.record(
          TraceSpan(
            .update, step: firstStep + index, start: end(of: index), end: end(of: index + 1)))
      }
    }
    return zip(batches, outcomes).map { index, outcome in
      let size = work.batch(index).globalSize
      return StepOutcome(
        totals: StepTotals(
          lossSum: outcome.lossSum, correct: outcome.correct, samples: size, requests: requests),
        globalSize: size, localSize: size, seconds: seconds, phases: phases)
    }
  }

  func orderHash(of batches: Range<Int>, content: SampleContent) -> UInt64 {
    work.orderHash(of: batches, content: content)
  }
}
