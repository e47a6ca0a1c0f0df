import Benchmarks
import DataParallel
import Foundation
import MessagePassing
import NeuralNetwork
import RunRecords
import ScalingComparison
import TextTables

/// Prints, on rank 0, the lines of a run during and after training.
final class ConsoleReporter {
  private let isSilent: Bool
  private let isRoot: Bool
  private let bar: ProgressBar?

  /// Makes a reporter.
  ///
  /// - Parameters:
  ///   - isRoot: whether this is rank 0; other ranks print nothing.
  ///   - isQuiet: whether only warnings are printed.
  init(isRoot: Bool, isQuiet: Bool, progress: ProgressMode) {
    self.isRoot = isRoot
    isSilent = isQuiet || !isRoot
    bar = !isSilent && ProgressBar.isWanted(progress) ? ProgressBar() : nil
  }

  /// Prints the lines before the first step: device, data, work, ranks, mode and exchange method.
  ///
  /// - Parameter resumption: the line about the checkpoint that the run goes on from; nil without one.
  func start(
    _ setup: TrainingSetup, exchange: ExchangeChoice, drill: DrillOption?, resumption: String?
  ) {
    let (facts, model, plan) = (setup.facts, setup.job.model, setup.job.plan)
    let (ranks, nodes, threads) = (setup.communicator.size, setup.place.nodes, setup.threads)
    say("Using device: \(setup.device.summary)")
    let name =
      facts.isSynthetic
      ? "synthetic (made from the seed, not MNIST)" : "\(facts.name) (\(facts.details))"
    say(
      "Data: \(name), \(facts.trainingCount) training and \(facts.testCount) test images of "
        + "\(facts.shape), \(facts.classes.description)")
    if isRoot { facts.warnings.forEach(warn) }
    say(
      "Work: \(model.name), \(ParameterLayout(of: model).count) parameters, "
        + "global batch \(plan.globalBatch), "
        + (plan.steps.map { "\($0) steps" } ?? "\(plan.epochs) epoch\(plan.epochs == 1 ? "" : "s")")
        + ", seed \(plan.seed)")
    say(
      "Ranks: \(ranks) on \(nodes) node\(nodes == 1 ? "" : "s"), "
        + "\(threads) thread\(threads == 1 ? "" : "s") each")
    if let cut = setup.job.data.cut { say("Mode: \(Self.text(of: cut, threads: threads))") }
    if let drill { say(drill.explanation) }
    if let resumption { say(resumption) }
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

  private func warn(_ text: String) {
    StandardError.writeLine("\(Program.name): warning: \(text)")
  }

  /// Prints an event of the training.
  func handle(_ event: TrainingEvent) {
    if case .skipped(let text) = event, isRoot {
      warn(text)
    }
    guard !isSilent else { return }
    switch event {
    case .logged(let epoch, let before, let samples, let loss):
      say("Train Epoch: \(epoch) [\(before)/\(samples)] Loss: \(Self.fixed(loss, 6))")
    case .skipped: break
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

  /// Prints the training time, the table of ranks, and comparisons with other records.
  ///
  /// A run on several ranks is compared with the one-rank runs and with a prediction. If there are
  /// a reproducible and a fast run of the same kind, the cost of the reproducible mode is printed.
  func finish(_ record: RunRecord, directory: String) {
    guard !isSilent else { return }
    let seconds = SecondsText.text(record.result.trainingSeconds)
    let parts = record.parts.map { " in \($0.count) parts" } ?? ""
    say(
      record.interruption.map { "Training interrupted by \($0) after \(seconds) seconds\(parts)" }
        ?? "Training completed in: \(seconds) seconds\(parts)")
    say("")
    say(RankTable.text(record))
    guard record.run.ranks > 1 || record.config.leaves != nil else { return }
    let records = (try? RecordInput.load(directory: directory)) ?? []
    if record.run.ranks > 1 {
      if let verdict = Prediction.newest(in: directory)?.verdict(on: record) { say(verdict) }
      say("")
      say(
        AspectTable.text(
          single: records.filter { $0.run.ranks == 1 && $0.run.id != record.run.id }, multi: record)
      )
    }
    for line in ReproducibilityCost.lines(of: record, among: records) { say(line) }
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
