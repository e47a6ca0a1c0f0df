import DataParallel
import Dataset
import MessagePassing
import NeuralNetwork
import OpenBLASEngine

/// Training on all ranks results in the weights of one rank, for every gradient exchange method.
enum TrainerChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let alone = try world.split(color: world.rank, key: 0)
    for (optimizer, tolerance) in [
      (Optimizer(kind: .sgd, learningRate: 0.05, momentum: 0.5), 1e-5),
      // adam can turn a rounding error of a gradient into a full step: see Tests/Oracle/README.md.
      (Optimizer(kind: .adam), 1e-3),
    ] {
      // A batch size that no rank count divides, and a smaller last batch.
      let plan = TrainingPlan(globalBatch: 31, epochs: 2, seed: 5)
      let one = try train(over: alone, plan, optimizer, .allReduce)
      for method in SyncMethod.onCPU {
        let what = "\(optimizer.kind), \(method)"
        let several = try train(over: world, plan, optimizer, method)
        let relative = distance(several.weights, one.weights)
        findings.expect(relative < tolerance, "\(what): weights \(relative) away from one rank's")
        findings.expect(several.result.samplesSeen, equals: 2 * 150, "\(what): samples seen")
        let trained = try world.allReduce(several.result.localSamples, .sum)
        findings.expect(trained, equals: 2 * 150, "\(what): samples of all ranks")
        let states = optimizer.statesPerParameter * 4 * several.weights.count
        let expected = method == .node ? states / world.size : states
        findings.expect(
          abs(several.stateBytes - expected) <= 2 * 64 * world.size,
          "\(what): \(several.stateBytes) bytes of optimizer state instead of \(expected)")
      }
    }
    try trials(world, &findings)
  }

  /// A comparison of all exchange methods returns the same figures on all ranks.
  ///
  /// It has no side effects: training after it results in the same weights as training without it.
  private static func trials(_ world: Communicator, _ findings: inout Findings) throws {
    let optimizer = Optimizer(kind: .adam)
    let plan = TrainingPlan(globalBatch: 31, epochs: 1, seed: 5)
    let setting = try Setting(world, optimizer)
    let tried = try Trainer.compare(
      SyncMethod.onCPU, on: setting.job(plan))
    findings.expect(tried.count, equals: SyncMethod.onCPU.count, "trials")
    for trial in tried {
      let low = try world.allReduce(trial.stepSeconds, .min)
      findings.expect(
        trial.stepSeconds > 0 && low == trial.stepSeconds, "ranks disagree on \(trial)")
    }
    let trainer = try setting.trainer(plan, .allReduce)
    _ = try trainer.run { _ in }
    let untried = try train(over: world, plan, optimizer, .allReduce)
    findings.expect(trainer.finalWeights() == untried.weights, "trials changed the training")
  }

  /// Returns the relative distance in the Euclidean norm.
  static func distance(_ one: [Float], _ other: [Float]) -> Double {
    var (error, size) = (0.0, 0.0)
    for (left, right) in zip(one, other) {
      error += Double(left - right) * Double(left - right)
      size += Double(right) * Double(right)
    }
    return (error / size).squareRoot()
  }

  private static func train(
    over communicator: Communicator, _ plan: TrainingPlan, _ optimizer: Optimizer,
    _ method: SyncMethod
  ) throws -> (weights: [Float], result: TrainingResult, stateBytes: Int) {
    let trainer = try Setting(communicator, optimizer).trainer(plan, method)
    let result = try trainer.run { _ in }
    defer { try? trainer.close() }
    return (trainer.finalWeights(), result, trainer.optimizerStateBytes)
  }
}

/// A small training task on all ranks of a communicator.
struct Setting {
  let communicator: Communicator
  let data: LocalData
  let model: Model
  let optimizer: Optimizer
  let engine: OpenBLASEngine

  init(
    _ communicator: Communicator, _ optimizer: Optimizer, model: Model? = nil, leaves: Int? = nil,
    threads: Int = 1
  ) throws {
    self.communicator = communicator
    self.optimizer = optimizer
    data = try Scatter.distribute(over: communicator, virtualShards: 840, leaves: leaves) {
      try DataSource.synthetic.open(DataSource.Options(limit: 150, seed: 3))
    }
    self.model = try model ?? Model.mlp(hidden: [24, 12], height: 28, width: 28, classes: 10)
    engine = OpenBLASEngine(model: self.model, optimizer: optimizer, threads: threads)
  }

  func job(_ plan: TrainingPlan) -> TrainingJob {
    TrainingJob(
      communicator: communicator, data: data, model: model, optimizer: optimizer, engine: engine,
      plan: plan)
  }

  func trainer(_ plan: TrainingPlan, _ method: SyncMethod) throws -> Trainer {
    try Trainer(job(plan), sync: method)
  }
}
