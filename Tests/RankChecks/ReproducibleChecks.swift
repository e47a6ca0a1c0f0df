import DataParallel
import MessagePassing
import NeuralNetwork
import OpenBLASEngine

/// Training leaf by leaf results in the same bits on several ranks as on one rank.
///
/// This holds for every gradient exchange method and number of threads.
enum ReproducibleChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let cnn = try Model(
      text: "conv3x3:3,relu,maxpool2,fc:17,relu,fc:classes", height: 28, width: 28, classes: 10)
    try check(world, Optimizer(kind: .adam), cnn, leaves: 8, &findings)
    guard world.size <= 5 else { return }
    try check(world, Optimizer(kind: .sgd, momentum: 0.5), nil, leaves: 5, &findings)
  }

  private static func check(
    _ world: Communicator, _ optimizer: Optimizer, _ model: Model?, leaves: Int,
    _ findings: inout Findings
  ) throws {
    let what = "\(optimizer.kind), \(leaves) leaves"
    // First rank 0 trains alone, while the other ranks wait for its weights.
    let alone = try world.split(color: world.rank, key: 0)
    let one =
      try world.isRoot
      ? train(Setting(alone, optimizer, model: model, leaves: leaves), .allReduce) : nil
    let weights = try world.broadcast(one?.weights ?? [])
    if world.isRoot {
      let fast = try train(Setting(alone, optimizer, model: model), .allReduce)
      findings.expect(
        TrainerChecks.distance(weights, fast.weights) < 1e-3, "\(what): another training")
    }
    for (method, threads) in [
      (SyncMethod.allReduce, 1), (.allReduce, 3), (.node, 1), (.node, 2),
    ] {
      let several = try train(
        Setting(world, optimizer, model: model, leaves: leaves, threads: threads), method)
      let how = "\(what), \(method), \(threads) threads"
      let same = zip(several.weights, weights).allSatisfy { $0.bitPattern == $1.bitPattern }
      findings.expect(
        same && several.weights.count == weights.count, "\(how): other weights than one rank's")
      findings.expect(several.result.epochs.count, equals: 2, "\(how): epochs")
      guard let one else { continue }
      for (epoch, alone) in zip(several.result.epochs, one.result.epochs) {
        findings.expect(epoch.trainingLoss, equals: alone.trainingLoss, "\(how): loss")
        findings.expect(epoch.testLoss, equals: alone.testLoss, "\(how): test loss")
        findings.expect(
          epoch.testCorrect, equals: alone.testCorrect, "\(how): correct predictions")
        findings.expect(epoch.certificate, equals: alone.certificate, "\(how): certificate")
      }
    }
  }

  private static func train(
    _ setting: Setting, _ method: SyncMethod
  ) throws -> (weights: [Float], result: TrainingResult) {
    // A batch size that neither leaves nor ranks divide, and a smaller last batch.
    let trainer = try setting.trainer(
      TrainingPlan(globalBatch: 31, epochs: 2, seed: 5, checkInterval: 3), method)
    let result = try trainer.run { _ in }
    defer { try? trainer.close() }
    return (trainer.finalWeights(), result)
  }
}
