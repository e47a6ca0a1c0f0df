import DataParallel
import Foundation
import Hashing
import HostInspection
import MPILaunchers
import MessagePassing
import RunRecords
import Statistics

/// Builds the record of a run on rank 0 from the measurements of all ranks.
struct RecordBuilder {
  let setup: TrainingSetup
  let work: WorkOptions
  let options: RunOptions
  let outcome: TrainingOutcome
  let history: RunHistory
  /// The signal that stopped the run; nil if none did.
  let signal: String?

  private var communicator: Communicator { setup.communicator }
  private var result: TrainingResult { outcome.result }

  /// The record on rank 0, nil on other ranks; called by all ranks.
  func gather(sync: SyncMethod) throws -> RunRecord? {
    // The rate is negated, so that the largest value is the smallest rate.
    let slowest = try communicator.allReduce(
      [
        result.trainingSeconds, HostFacts.secondsSinceProcessStart(), outcome.firstStepAt,
        -result.imagesPerSecond,
      ], .max)
    guard let ranks = try communicator.gather(Array(try JSONEncoder().encode(rankRecord()))) else {
      return nil
    }
    let work = Work(setup, self.work)
    return RunRecord(
      program: Program.name, version: ProgramVersion.number, work: work,
      workHash: SHA256.hex(of: Array(try work.canonicalJSON.utf8)),
      config: Config(setup, work, options, sync: sync, bucket: outcome.bucket),
      run: Run(
        id: UUID().uuidString, startedAt: setup.startedAt.formatted(.iso8601),
        command: CommandLine.arguments, ranks: communicator.size, nodes: setup.place.nodes,
        launcher: LaunchEnvironment.current.launcherName, launcherCommand: launcherCommand),
      machine: Machine(setup),
      ranks: try ranks.map { try JSONDecoder().decode(RankRecord.self, from: Data($0)) },
      epochs: result.epochs.map(EpochRecord.init),
      result: runResult(
        trainingSeconds: history.earlierTrainingSeconds + slowest[0],
        totalSeconds: history.earlierTotalSeconds + slowest[1], firstStepAt: slowest[2],
        imagesPerSecond: -slowest[3]),
      certificate: Certificate(
        dataSHA256: setup.facts.sha256, initialWeightsSHA256: result.initialWeightsSHA256,
        epochs: result.epochs.compactMap(\.certificate)), loads: outcome.loads,
      study: options.studyRun, drill: options.inject?.text,
      parts: history.isResumed
        ? history.parts(
          lastStep: result.steps, trainingSeconds: slowest[0], totalSeconds: slowest[1],
          signal: signal) : nil, interruption: signal)
  }

  /// The command of mpirun for this MPI, if another command has that name here.
  private var launcherCommand: String? {
    let command = LauncherCommand.name(of: Environment.family)
    return command == "mpirun" ? nil : command
  }

  private func rankRecord() -> RankRecord {
    RankRecord(
      rank: communicator.rank, host: communicator.processorName, node: setup.place.node,
      device: setup.device.text, cores: setup.place.cores, threads: setup.threads,
      samples: result.localSamples, phases: result.phases, otherSeconds: result.otherSeconds,
      trainingSeconds: result.trainingSeconds,
      imagesPerSecond: result.trainingSeconds > 0
        ? Double(result.localSamples) / result.trainingSeconds : 0,
      peakMemoryBytes: HostFacts.peakMemoryBytes(),
      optimizerStateBytes: outcome.optimizerStateBytes,
      workingSetBytes: WorkingSet.bytes(
        setup.job, optimizerStateBytes: outcome.optimizerStateBytes),
      // A GPU that exchanges gradients fetches the batch and computes the forward pass in one call.
      fusedPhases: result.fusedPhases ?? (setup.device.gpu == nil ? nil : [.load, .forward]),
      injectedSeconds: result.injectedSeconds > 0 ? result.injectedSeconds : nil,
      checkpointSeconds: result.checkpoints > 0 ? result.checkpointSeconds : nil)
  }

  /// The result of the run, from the largest times and the smallest rate of all ranks.
  private func runResult(
    trainingSeconds: Double, totalSeconds: Double, firstStepAt: Double, imagesPerSecond: Double
  ) -> RunRecord.Result {
    let warmUpSteps = result.warmUp == nil ? 0 : TrainingResult.warmUpSteps
    let last = result.epochs.last
    return RunRecord.Result(
      trainingSeconds: trainingSeconds, totalSeconds: totalSeconds,
      imagesPerSecond: imagesPerSecond, warmUpSteps: warmUpSteps,
      stepSeconds: Distribution(Array(result.stepSeconds.dropFirst(warmUpSteps))),
      finalLoss: result.finalLoss, testLoss: last?.testLoss ?? 0,
      testAccuracy: last?.testAccuracy ?? 0,
      weightsSHA256: outcome.weights.withUnsafeBytes { SHA256.hex(of: $0) },
      samplesSeen: result.samplesSeen, steps: result.steps,
      // If replicas differ, the run stops with an error and writes no record.
      replicasEqual: true, stoppedBy: result.stoppedBy, firstStepAt: firstStepAt,
      skippedSteps: result.skippedSteps > 0 ? result.skippedSteps : nil)
  }
}
