import DataParallel
import MessagePassing
import NeuralNetwork

/// How many collective calls a step makes, for each way of exchange: counted, not believed.
enum CollectiveCountChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    // 19,270 gradients, in bytes 77,080: with buckets of 30,000 bytes one of 1,875 gradients, then
    // two of 7,500 and what is left.
    for (choice, expected) in [
      (SyncChoice(.allReduce), 1),
      (SyncChoice(.overlap, bucketBytes: 30_000), 4),
      (SyncChoice(.overlap, bucketBytes: 4_000_000), 1),
      // Ranks of one node exchange no message.
      (SyncChoice(.node), 0),
    ] {
      let (few, many) = (try calls(world, steps: 2, choice), try calls(world, steps: 7, choice))
      findings.expect(many - few, equals: 5 * expected, "calls of 5 steps with \(choice)")
    }
  }

  private static func calls(_ world: Communicator, steps: Int, _ choice: SyncChoice) throws -> Int {
    let trainer = try Setting(world, Optimizer(kind: .sgd)).trainer(
      TrainingPlan(globalBatch: 20, epochs: 1, steps: steps, seed: 5), choice)
    let before = world.collectiveCalls
    _ = try trainer.run { _ in }
    let after = world.collectiveCalls
    try trainer.close()
    return after - before
  }
}
