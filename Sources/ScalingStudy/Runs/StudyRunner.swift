public import ChildProcesses
import Foundation
import RunRecords
import Statistics
import SystemSupport

/// Runs a study: block after block, one run at a time, until the plan or the stopping rule ends it.
///
/// What is done is found by its records. So an interrupted study goes on where it was, and ends with
/// the same set of runs.
public final class StudyRunner {
  let directory: StudyDirectory
  let program: StudyProgram
  let slots: RankSlots?
  let configurations: [StudyConfiguration]
  var state: StudyState
  var records: [(file: String, record: RunRecord)] = []
  let progress: StudyProgress
  let interruption = Interruption()
  private var known: Set<String> = []
  private let claim: Int32

  /// How a study ended.
  public enum Outcome: Equatable, Sendable {
    case complete
    /// Ended by a signal; it can be continued.
    case interrupted(signal: Int32)
  }

  /// Prepares a study in a directory, or the continuation of the one that is there.
  ///
  /// - Throws: `StudyError` for a plan that cannot be run, and for a directory whose study has another
  ///   plan or program.
  public init(
    _ plan: StudyPlan, launch: LaunchSettings, slots: RankSlots?, program: StudyProgram,
    directory: StudyDirectory, report: @escaping @Sendable (String) -> Void
  ) throws(StudyError) {
    configurations = try plan.configurations()
    try launch.check(configurations, slots: slots)
    try directory.prepare()
    claim = try directory.claim()
    let fresh = StudyState(
      study: String(UInt64.random(in: 0...UInt64.max), radix: 16), plan: plan, launch: launch,
      executableSHA256: program.sha256, revision: program.revision)
    // A study that never ran, perhaps for a mistyped launcher, does not keep its directory.
    if let earlier = try directory.loadState(), !directory.isWithoutRuns() {
      try fresh.checkResume(from: earlier, directory: directory.path)
      state = earlier
    } else {
      state = fresh
      try directory.save(state)
    }
    self.directory = directory
    self.program = program
    self.slots = slots
    progress = StudyProgress(report)
  }

  /// Runs what is missing.
  ///
  /// - Parameter inspect: called once before the first block with the command that started `doctor` and
  ///   what it printed; returns its findings, and may throw to stop the study.
  public func run(
    inspect: (_ command: [String], ChildProcess.Ending) throws -> [String]
  ) throws -> Outcome {
    directory.endOrphan()
    try readNewRecords()
    if state.findings == nil {
      let command = doctorCommand()
      let ending = try start(command)
      if let signal = interruption.received { return .interrupted(signal: signal) }
      state.findings = try inspect(command, ending)
      try directory.save(state)
    }
    try calibrate()
    var block = 1
    while interruption.received == nil, needs(block: block) {
      try run(block: block)
      // Blocks of which no run succeeds are not repeated.
      if records.isEmpty { break }
      block += 1
    }
    if let signal = interruption.received { return .interrupted(signal: signal) }
    return .complete
  }

  deinit { close(claim) }

  /// The records of the study so far, with their files.
  public var studyRecords: [(file: String, record: RunRecord)] { records }

  /// What ends this study.
  public var end: StudyEnd {
    StudyEnd(state.plan)
  }

  /// The keys of the configurations of which every run failed.
  public var configurationsWithoutRuns: [String] {
    let done = Set(records.compactMap(\.record.study?.configuration))
    return configurations.map(\.key).filter { !done.contains($0) }
  }

  /// The findings of `doctor` before the first block.
  public var findings: [String] { state.findings ?? [] }

  func readNewRecords() throws(StudyError) {
    for item in try directory.newRecords(without: known) {
      known.insert(URL(filePath: item.file).lastPathComponent)
      if item.record.study?.study == state.study { records.append(item) }
    }
  }

  /// The command that inspects the launch of the largest configuration.
  private func doctorCommand() -> [String] {
    let largest = configurations.max {
      ($0.ranks * $0.threads, $0.ranks) < ($1.ranks * $1.threads, $1.ranks)
    }
    let (ranks, threads) = (largest?.ranks ?? 1, largest?.threads ?? 1)
    return state.launch.command(
      ranks: ranks, threads: threads, slots: slots,
      program: [program.path, "doctor", "--json", "--threads", "\(threads)"])
  }

  /// Finds the number of steps of each work that has none yet.
  private func calibrate() throws {
    guard !StudyLength.isGiven(in: state.plan.options) else { return }
    for (work, configuration) in StudyLength.quickest(configurations)
    where state.steps[work] == nil && interruption.received == nil {
      progress.calibrating(configuration)
      let aside = SafeFile.join(directory.path, "calibration")
      let command = launchCommand(
        configuration, steps: StudyLength.calibrationSteps, results: aside, membership: nil)
      let ending = try start(command)
      guard interruption.received == nil else { return }
      guard ending.exitCode == 0,
        let record = try RecordStore.load(directory: aside).records.last?.record
      else {
        throw StudyError(
          "calibration of \(configuration.key) failed with exit code \(ending.exitCode): "
            + "\(command.joined(separator: " ")): \(ending.reason)")
      }
      state.steps[work] = try StudyLength.steps(record, minSeconds: state.plan.minSeconds)
      try? FileManager.default.removeItem(atPath: aside)
      try directory.save(state)
    }
  }

  func launchCommand(
    _ configuration: StudyConfiguration, steps: Int?, results: String, membership: String?
  ) -> [String] {
    state.launch.command(
      ranks: configuration.ranks, threads: configuration.threads, slots: slots,
      program: program.arguments(
        configuration, steps: steps, options: state.plan.options, results: results,
        membership: membership))
  }

  /// Runs a command in a process group that a signal to the study ends.
  func start(_ command: [String]) throws(StudyError) -> ChildProcess.Ending {
    defer {
      interruption.setGroup(nil)
      directory.noteRunning(nil)
    }
    do throws(ChildProcessError) {
      return try ChildProcess.run(command, environment: program.environment) {
        [interruption, directory] group in
        directory.noteRunning(group)
        interruption.setGroup(group)
      }
    } catch {
      throw StudyError("\(error)")
    }
  }

}
