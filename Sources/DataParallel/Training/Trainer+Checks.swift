import RunRecords
import SystemSupport

/// What is checked after every step, and the faults that are injected there.
extension Trainer {
  /// The largest number of steps that are skipped one after another.
  private static let mostSkipped = 10

  /// Checks the results of a step; called by all ranks.
  ///
  /// - Returns: the line about a step that is skipped because its loss is not finite; nil for a good
  ///   step.
  /// - Throws: `AgreedError` if the sample count is wrong, or if the loss is not finite and the run
  ///   does not skip such steps or cannot.
  func check(_ outcome: StepOutcome, step: Int, epoch: Int) throws -> String? {
    let totals = outcome.totals
    guard totals.samples == outcome.globalSize else {
      throw AgreedError(
        "step \(step): the exchange summed \(totals.samples) samples, "
          + "expected \(outcome.globalSize); the sum over ranks cannot be trusted",
        exitCode: ExitCode.training)
    }
    guard !totals.lossSum.isFinite else {
      skippedInARow = 0
      return nil
    }
    let finding = try NonFiniteLoss(communicator: communicator, layout: layout, replica: replica)
      .find(localLoss: outcome.localLoss, isUpdated: outcome.isUpdated)
    let text =
      "step \(step) (epoch \(epoch)): the loss is not finite (\(totals.lossSum)) \(finding.text)"
    skippedInARow += 1
    // With parameters that are not finite, or far too large, every later step would be skipped too.
    let isHopeless = finding.parameters != nil || skippedInARow > Self.mostSkipped
    guard plan.skipsNonFinite, !outcome.isUpdated, !isHopeless else {
      throw AgreedError(
        "\(text); try a smaller --learning-rate"
          + (plan.skipsNonFinite
            ? "; \(skippedInARow - 1) steps before it were skipped" : ", or --on-nan skip"),
        exitCode: ExitCode.training)
    }
    return "\(text); the step is skipped"
  }

  /// Injects a fault and checks the replicas, if that is planned after this step.
  func actAfterStep(_ step: Int) throws {
    if let bitFlip = plan.drill?.bitFlip, bitFlip.step == step {
      engine.publishParameters()
      bitFlip.apply(replica, rank: communicator.rank, step: step)
      engine.adoptParameters()
    }
    if let interval = plan.checkInterval, step % interval == 0 { _ = try verifyReplicas(step) }
  }
}
