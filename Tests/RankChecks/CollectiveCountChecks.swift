import DataParallel
import MessagePassing
import NeuralNetwork

/// How many collective calls a step makes, for each way of exchange: counted, not believed.
enum CollectiveCountChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    for (method, expected) in [
      (SyncMethod.allReduce, 1),
      // Ranks of one node exchange no message.
      (SyncMethod.node, 0),
    ] {
      let (few, many) = (try calls(world, steps: 2, method), try calls(world, steps: 7, method))
      findings.expect(many - few, equals: 5 * expected, "calls of 5 steps with \(method)")
    }
  }

  private static func calls(_ world: Communicator, steps: Int, _ method: SyncMethod) throws -> Int {
    let trainer = try Setting(world, Optimizer(kind: .sgd)).trainer(
      TrainingPlan(globalBatch: 20, epochs: 1, steps: steps, seed: 5), method)
    let before = world.collectiveCalls
    _ = try trainer.run { _ in }
    let after = world.collectiveCalls
    try trainer.close()
    return after - before
  }
}
