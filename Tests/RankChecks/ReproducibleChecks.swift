import DataParallel
import MessagePassing
import NeuralNetwork
import OpenBLASEngine

/// Training leaf by leaf comes to the same bits on all ranks together as on one, whatever the way of
/// exchange and the number of threads.
enum ReproducibleChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    let alone = try world.split(color: world.rank, key: 0)
    let cnn = try Model(
      text: "conv3x3:5,relu,conv3x3:7,relu,maxpool2,fc:37,relu,fc:classes", height: 28, width: 28,
      classes: 10)
    for (optimizer, model) in [
      (Optimizer(kind: .adam), cnn), (Optimizer(kind: .sgd, momentum: 0.5), nil),
    ] {
      for leaves in [8, 5] where leaves >= world.size {
        let what = "\(optimizer.kind), \(leaves) leaves"
        let one = try train(Setting(alone, optimizer, model: model, leaves: leaves), .allReduce)
        let fast = try train(Setting(alone, optimizer, model: model), .allReduce)
        findings.expect(
          TrainerChecks.distance(one.weights, fast.weights) < 1e-3, "\(what): another training")
        for method in SyncMethod.allCases {
          for threads in [1, 3] {
            let several = try train(
              Setting(world, optimizer, model: model, leaves: leaves, threads: threads), method)
            let same = zip(several.weights, one.weights).allSatisfy {
              $0.bitPattern == $1.bitPattern
            }
            let how = "\(what), \(method), \(threads) threads"
            findings.expect(same, "\(how): other weights than one rank's")
            for (epoch, alone) in zip(several.result.epochs, one.result.epochs) {
              findings.expect(epoch.trainingLoss, equals: alone.trainingLoss, "\(how): loss")
              findings.expect(epoch.testLoss, equals: alone.testLoss, "\(how): test loss")
              findings.expect(epoch.testCorrect, equals: alone.testCorrect, "\(how): hits")
              if world.isRoot {
                findings.expect(
                  epoch.certificate, equals: alone.certificate, "\(how): certificate")
              }
            }
            findings.expect(several.result.epochs.count, equals: 2, "\(how): epochs")
          }
        }
      }
    }
  }

  private static func train(
    _ setting: Setting, _ method: SyncMethod
  ) throws -> (weights: [Float], result: TrainingResult) {
    // A batch that neither leaves nor ranks divide, and a smaller last one.
    let trainer = try setting.trainer(
      TrainingPlan(globalBatch: 31, epochs: 2, seed: 5, checkInterval: 3), method)
    let result = try trainer.run { _ in }
    defer { try? trainer.close() }
    return (trainer.finalWeights(), result)
  }
}
