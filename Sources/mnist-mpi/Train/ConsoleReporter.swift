import Benchmarks
import DataParallel
import Foundation
import NeuralNetwork
import RunRecords
import ScalingComparison
import TextTables

/// What rank 0 prints while it trains and when it is done.
final class ConsoleReporter {
  private let isSilent: Bool
  private let bar: ProgressBar?

  /// - Parameter isSilent: print nothing: the other ranks, and `--quiet`.
  init(isSilent: Bool, progress: ProgressMode) {
    self.isSilent = isSilent
    bar = !isSilent && ProgressBar.isWanted(progress) ? ProgressBar() : nil
  }

  /// The lines before the first step.
  func start(
    device: String, facts: DataFacts, model: Model, plan: TrainingPlan, ranks: Int, nodes: Int,
    threads: Int, cut: LeafCut?, exchange: ExchangeChoice
  ) {
    say("Using device: \(device)")
    let name = facts.isSynthetic ? "synthetic (made from the seed, not MNIST)" : facts.name
    say(
      "Data: \(name), \(facts.trainingCount) training and \(facts.testCount) test images of "
        + "\(facts.height)x\(facts.width), \(facts.classes) classes")
    say(
      "Work: \(model.name), \(ParameterLayout(of: model).count) parameters, "
        + "global batch \(plan.globalBatch), "
        + (plan.steps.map { "\($0) steps" } ?? "\(plan.epochs) epoch\(plan.epochs == 1 ? "" : "s")")
        + ", seed \(plan.seed)")
    say(
      "Ranks: \(ranks) on \(nodes) node\(nodes == 1 ? "" : "s"), "
        + "\(threads) thread\(threads == 1 ? "" : "s") each")
    if let cut { say("Mode: \(Self.text(of: cut, threads: threads))") }
    guard ranks > 1 else { return }
    say("Sync: \(exchange.text)")
  }

  /// Such as `reproducible, 8 leaves, 3 on the busiest rank: imbalance 1.125 (most/mean)`.
  private static func text(of cut: LeafCut, threads: Int) -> String {
    let most = (cut.leaves + cut.ranks - 1) / cut.ranks
    let idle = cut.idleWorkers(threads: threads)
    return "reproducible, \(cut.leaves) leaves, \(most) on the busiest rank: "
      + "imbalance \(fixed(cut.imbalance, 3)) (most/mean)"
      + (idle > 0 ? ", \(idle) idle worker\(idle == 1 ? "" : "s")" : "")
  }

  /// One event of the training.
  func handle(_ event: TrainingEvent) {
    guard !isSilent else { return }
    switch event {
    case .logged(let epoch, let before, let samples, let loss):
      say("Train Epoch: \(epoch) [\(before)/\(samples)] Loss: \(Self.fixed(loss, 6))")
    case .progressed(let samples, let planned, let seconds):
      bar?.draw(samples: samples, planned: planned, seconds: seconds)
    case .evaluated(let epoch):
      say(
        "Test Epoch: \(epoch.epoch) Loss: \(Self.fixed(epoch.testLoss, 6)) "
          + "Accuracy: \(epoch.testCorrect)/\(epoch.testCount) "
          + "(\(Self.fixed(100 * epoch.testAccuracy, 2)) %), "
          + "all replicas equal")
    }
  }

  /// The last line of the training, the table, the comparison where there are several ranks, and the
  /// price of the reproducible mode where there is also a fast run.
  func finish(_ record: RunRecord, directory: String) {
    guard !isSilent else { return }
    say("Training completed in: \(SecondsText.text(record.result.trainingSeconds)) seconds")
    say("")
    say(RankTable.text(record))
    guard record.run.ranks > 1 || record.config.leaves != nil else { return }
    let others = (try? RecordInput.load(directory: directory)) ?? []
    if record.run.ranks > 1 {
      if let verdict = Prediction.newest(in: directory)?.verdict(on: record) { say(verdict) }
      say("")
      say(
        AspectTable.text(
          single: others.filter { $0.run.ranks == 1 && $0.run.id != record.run.id }, multi: record))
    }
    for line in ReproducibilityCost.lines(of: record, among: others) { say(line) }
  }

  private func say(_ line: String) {
    guard !isSilent else { return }
    bar?.clear()
    print(line)
    fflush(nil)
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
