import DataParallel
import MessagePassing
import NeuralNetwork

/// The number of collective calls per step, counted for each gradient exchange method.
enum CollectiveCountChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    for (method, expected) in [
      (SyncMethod.allReduce, 1),
      // Ranks of one node exchange gradients without messages.
      (SyncMethod.node, 0),
    ] {
      try expect(expected, world, method, nil, &findings)
    }
    // Leaf by leaf: one exchange for each sum that a rank can have (three, where 3 ranks share 8
    // leaves), then one call that sends the sums to all ranks. A single rank has no exchange.
    let sums = LeafCut(leaves: 8, ranks: world.size).share(of: 0).sums.count
    try expect(world.size == 1 ? 0 : sums + 1, world, .allReduce, 8, &findings)
    try expect(0, world, .node, 8, &findings)
  }

  private static func expect(
    _ expected: Int, _ world: Communicator, _ method: SyncMethod, _ leaves: Int?,
    _ findings: inout Findings
  ) throws {
    let few = try calls(world, steps: 2, method, leaves)
    let many = try calls(world, steps: 7, method, leaves)
    let mode = leaves.map { "\($0) leaves" } ?? "fast"
    findings.expect(many - few, equals: 5 * expected, "calls of 5 steps with \(method), \(mode)")
  }

  private static func calls(
    _ world: Communicator, steps: Int, _ method: SyncMethod, _ leaves: Int?
  ) throws -> Int {
    let trainer = try Setting(world, Optimizer(kind: .sgd), leaves: leaves).trainer(
      TrainingPlan(globalBatch: 20, epochs: 1, steps: steps, seed: 5), method)
    let before = world.collectiveCalls
    _ = try trainer.run { _ in }
    let after = world.collectiveCalls
    try trainer.close()
    return after - before
  }
}
