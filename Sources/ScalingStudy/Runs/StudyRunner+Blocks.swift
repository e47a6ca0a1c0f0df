import RunRecords
import ScalingComparison
import Statistics

/// Blocks: which are needed, and the runs of one.
extension StudyRunner {
  /// Attempts of a run that fails.
  private static let attempts = 2

  /// Whether a block (from 1) is needed after those before it.
  ///
  /// Blocks in which other programs disturbed a run are repeated, up to as many as were planned.
  func needs(block: Int) -> Bool {
    guard block > 1 else { return true }
    let before = (1..<block).filter(isUndisturbed).count
    let planned: Int
    if let width = state.plan.until {
      planned = state.plan.maxRepeats
      let rule = StoppingRule(width: width, maxRepeats: planned)
      if isUndisturbed(block - 1), rule.shouldStop(blocks: before, intervals: efficiencies()) {
        return false
      }
    } else {
      planned = state.plan.repeats
    }
    return before < planned && block <= 2 * planned
  }

  /// The intervals of all efficiencies so far.
  private func efficiencies() -> [MedianInterval] {
    StudyAnalysis(records: records).works.flatMap(\.rows).filter { $0.ranks > 1 }
      .compactMap(\.efficiency)
  }

  /// Whether no run of a block was disturbed by other programs.
  private func isUndisturbed(_ block: Int) -> Bool {
    records.allSatisfy { item in
      item.record.study?.block != block || !MeasurementValidity.isDisturbedByOthers(item.record)
    }
  }

  /// Runs the configurations of a block that have no record yet, in the block's order.
  func run(block: Int) throws {
    let order = state.plan.order(ofBlock: block, configurations)
    for (index, configuration) in order.enumerated() {
      if let signal = interruption.received {
        progress.interrupted(signal)
        return
      }
      if hasRecord(block, configuration) { continue }
      progress.starting(
        configuration, block: block, of: state.plan.until == nil ? state.plan.repeats : nil,
        run: index + 1, of: order.count, secondsLeft: secondsLeft(block: block, index: index))
      try run(configuration, block: block)
    }
  }

  private func hasRecord(_ block: Int, _ configuration: StudyConfiguration) -> Bool {
    records.contains {
      $0.record.study?.block == block && $0.record.study?.configuration == configuration.key
    }
  }

  /// Runs one configuration; a failure is kept and repeated once.
  private func run(_ configuration: StudyConfiguration, block: Int) throws {
    let works = StudyLength.works(configurations)
    let steps = works[configuration].flatMap { state.steps[$0] }
    for attempt in 1...Self.attempts {
      let file = directory.failureFile(
        block: block, configuration: configuration.key, attempt: attempt)
      if directory.loadFailures().contains(where: { $0.file == file }) { continue }
      let membership = "\(state.study):\(block):\(configuration.key):\(attempt)"
      let command = launchCommand(
        configuration, steps: steps, results: directory.records, membership: membership)
      let ending = try start(command)
      // What was interrupted is discarded: it left no record.
      if interruption.received != nil { return }
      try readNewRecords()
      if hasRecord(block, configuration) {
        if let record = records.last?.record { progress.finished(configuration, record) }
        return
      }
      try directory.keep(
        StudyDirectory.FailedRun(
          failure: StudyFailure(
            file: file, configuration: configuration.key, block: block, exitCode: ending.exitCode,
            attempt: attempt), command: command, output: ending.output))
      progress.failed(
        configuration, exitCode: ending.exitCode, attempt: attempt,
        reason: ending.reason, file: file)
    }
  }

  /// The expected seconds of what is left, from the durations of the runs so far.
  private func secondsLeft(block: Int, index: Int) -> Double? {
    guard let mean = progress.meanRunSeconds else { return nil }
    let blocks = (state.plan.until == nil ? state.plan.repeats : state.plan.maxRepeats) - block
    let runs = max(0, blocks) * configurations.count + configurations.count - index
    return mean * Double(runs)
  }
}
