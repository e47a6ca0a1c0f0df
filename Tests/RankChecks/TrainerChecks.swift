import DataParallel
import Dataset
import MessagePassing
import NeuralNetwork
import OpenBLASEngine

/// Training on all ranks comes to the same weights as training alone.
enum TrainerChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let alone = try world.split(color: world.rank, key: 0)
    for (optimizer, tolerance) in [
      (Optimizer(kind: .sgd, learningRate: 0.05, momentum: 0.5), 1e-5),
      // adam makes a full step of a gradient's last digit: see Tests/Oracle/README.md.
      (Optimizer(kind: .adam), 1e-3),
    ] {
      // A batch that no rank count divides, and a smaller last one.
      let plan = TrainingPlan(globalBatch: 31, epochs: 2, seed: 5)
      let several = try train(over: world, plan, optimizer)
      let one = try train(over: alone, plan, optimizer)
      var (error, size) = (0.0, 0.0)
      for (left, right) in zip(several.weights, one.weights) {
        error += Double(left - right) * Double(left - right)
        size += Double(right) * Double(right)
      }
      let relative = (error / size).squareRoot()
      findings.expect(
        relative < tolerance, "\(optimizer.kind): weights \(relative) away from one rank's")
      findings.expect(
        several.result.epochs.allSatisfy(\.replicasEqual), "\(optimizer.kind): replicas differ")
      findings.expect(several.result.samplesSeen, equals: 2 * 150, "samples seen")
      let mine = try world.allReduce(several.result.localSamples, .sum)
      findings.expect(mine, equals: 2 * 150, "samples of all ranks")
    }
  }

  private static func train(
    over communicator: Communicator, _ plan: TrainingPlan, _ optimizer: Optimizer
  ) throws -> (weights: [Float], result: TrainingResult) {
    let data = try Scatter.distribute(over: communicator, virtualShards: 840) {
      try DataSource.synthetic.read(limit: 150, seed: 3)
    }
    let model = try Model.mlp(hidden: [24], height: 28, width: 28, classes: 10)
    let trainer = try Trainer(
      communicator: communicator, data: data, model: model, optimizer: optimizer,
      engine: OpenBLASEngine(model: model, optimizer: optimizer), plan: plan)
    let result = try trainer.run { _ in }
    return (trainer.finalWeights(), result)
  }
}
