import NeuralNetwork

/// Steps of ranks that compute gradients of their local batch and exchange them.
///
/// A single rank takes the same steps, with the same calls.
struct ExchangeSteps: EpochSteps {
  let work: any EpochWork
  let engine: any Engine
  let sync: any GradientSync
  let timeline: StepTimeline
  /// The drill of this rank; nil without one.
  let drill: Drill?
  /// What this rank asks for after a step.
  let requests: () -> StepRequests
  /// Records the steps for a trace; nil without one.
  let recorder: StepRecorder?
  /// Whether a step whose loss is not finite is skipped.
  let skipsNonFinite: Bool

  let stepsPerCall = 1
  var batchCount: Int { work.batchCount }

  func takeSteps(_ batches: Range<Int>, firstStep: Int, startedAt start: Double) throws
    -> [StepOutcome]
  {
    try batches.map {
      try trainStep($0, step: firstStep + $0 - batches.lowerBound, startedAt: start)
    }
  }

  /// One optimizer step: load, compute gradients, finish the exchange and update.
  private func trainStep(_ index: Int, step: Int, startedAt start: Double) throws -> StepOutcome {
    var timer = StepTimer(
      startedAt: start, timeline: timeline, step: step, recorder: recorder)
    timeline.monitor?.begin(.compute, step: step)
    let batch = work.batch(index)
    let update = StepUpdate(
      engine: engine, scale: 1 / Float(batch.globalSize), step: step,
      onlyIfFinite: skipsNonFinite)
    var passes = try computeGradients(of: batch, update, &timer)
    let injected =
      drill?.act(
        afterPassesOf: step, &passes, overlapped: timer.overlapped, sync.replica) ?? 0
    sync.replica.request(requests())
    try timer.finish(after: passes, injected: injected) { arrival in
      try sync.finish(update, arrival: arrival, timeline)
      try engine.checkDevice()
    }
    return StepOutcome(
      totals: sync.totals, globalSize: batch.globalSize, localSize: batch.localSize,
      seconds: timer.seconds, phases: timer.phases, injectedSeconds: injected,
      localLoss: passes.lossSum, isUpdated: sync.isUpdated)
  }

  /// Forward and backward pass of the local batch.
  ///
  /// Each range of gradients that is final is passed to the exchange method, which may exchange it
  /// during the backward pass.
  private func computeGradients(
    of batch: StepBatch, _ update: StepUpdate, _ timer: inout StepTimer
  ) throws -> BatchOutcome {
    var failure: (any Error)?
    let passes = work.computeGradients(of: batch) { range in
      guard failure == nil else { return }
      do {
        try timer.overlap { try sync.ready(range, update, timeline) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    try engine.checkDevice()
    return passes
  }

  func orderHash(of batches: Range<Int>, content: SampleContent) -> UInt64 {
    work.orderHash(of: batches, content: content)
  }
}
