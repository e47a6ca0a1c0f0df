import DataParallel
import Foundation
import Hashing
import HostInspection
import MessagePassing
import NeuralNetwork
import OpenBLASEngine
import RunRecords
import Statistics

/// Brings together on rank 0 what all ranks measured.
struct RecordBuilder {
  let communicator: Communicator
  let work: WorkOptions
  let optimizer: Optimizer
  let options: RunOptions
  let device: DeviceChoice
  let data: DataFacts
  let plan: TrainingPlan
  let model: Model
  let place: RankPlace
  let threads: Int
  let sync: SyncMethod
  /// Gradients that are exchanged at a time; nil for all.
  let bucket: Int?
  let optimizerStateBytes: Int
  let workingSetBytes: Int
  /// Load by others, on rank 0.
  let loads: [NodeLoad]?
  let startedAt: Date
  let firstStepAt: Double

  /// The run's record on rank 0, nil elsewhere; called by all ranks.
  func gather(_ result: TrainingResult, weights: [Float]) throws -> RunRecord? {
    let mine = RankRecord(
      rank: communicator.rank, host: communicator.processorName, node: place.node,
      device: device.text,
      cores: place.cores, threads: threads, samples: result.localSamples, phases: result.phases,
      otherSeconds: result.otherSeconds, trainingSeconds: result.trainingSeconds,
      imagesPerSecond: result.trainingSeconds > 0
        ? Double(result.localSamples) / result.trainingSeconds : 0,
      peakMemoryBytes: HostFacts.peakMemoryBytes(), optimizerStateBytes: optimizerStateBytes,
      workingSetBytes: workingSetBytes,
      // On the way to a step's gradients a device does both in one go.
      fusedPhases: result.fusedPhases ?? (device.gpu == nil ? nil : [.load, .forward]))
    let trainingSeconds = try communicator.allReduce(result.trainingSeconds, .max)
    let imagesPerSecond = try communicator.allReduce(result.imagesPerSecond, .min)
    let total = try communicator.allReduce(HostFacts.secondsSinceProcessStart(), .max)
    let firstStep = try communicator.allReduce(firstStepAt, .max)
    guard let ranks = try communicator.gather(Array(try JSONEncoder().encode(mine))) else {
      return nil
    }
    let work = makeWork()
    let workJSON = try work.canonicalJSON
    let executable = ProgramVersion.executableSHA256()
    let last = result.epochs.last
    // A run whose replicas differ stops with an error and leaves no record.
    return RunRecord(
      program: Program.name, version: ProgramVersion.number, work: work,
      workHash: SHA256.hex(of: Array(workJSON.utf8)),
      config: makeConfig(work),
      run: Run(
        id: UUID().uuidString, startedAt: startedAt.formatted(.iso8601),
        command: CommandLine.arguments, ranks: communicator.size, nodes: place.nodes,
        launcher: LaunchEnvironment.current.launcherName),
      machine: makeMachine(executable),
      ranks: try ranks.map { try JSONDecoder().decode(RankRecord.self, from: Data($0)) },
      epochs: result.epochs.map(Self.epochRecord),
      result: RunRecord.Result(
        trainingSeconds: trainingSeconds, totalSeconds: total, imagesPerSecond: imagesPerSecond,
        warmUpSteps: result.warmUp == nil ? 0 : TrainingResult.warmUpSteps,
        stepSeconds: Distribution(
          Array(result.stepSeconds.dropFirst(result.warmUp == nil ? 0 : TrainingResult.warmUpSteps))
        ),
        finalLoss: result.finalLoss, testLoss: last?.testLoss ?? 0,
        testAccuracy: last?.testAccuracy ?? 0,
        weightsSHA256: weights.withUnsafeBytes { SHA256.hex(of: $0) },
        samplesSeen: result.samplesSeen, steps: result.steps,
        replicasEqual: true, stoppedBy: result.stoppedBy,
        firstStepAt: firstStep),
      certificate: Certificate(
        dataSHA256: data.sha256, initialWeightsSHA256: result.initialWeightsSHA256,
        epochs: result.epochs.compactMap(\.certificate)), loads: loads)
  }

  private func makeWork() -> Work {
    let isAdam = optimizer.kind == .adam
    return Work(
      dataSHA256: data.sha256, trainingSamples: data.trainingCount, testSamples: data.testCount,
      classes: data.classes, imageHeight: data.height, imageWidth: data.width, model: model.text,
      parameters: ParameterLayout(of: model).count,
      globalBatch: self.work.batchSizePerRank == nil ? plan.globalBatch : nil,
      batchPerRank: self.work.batchSizePerRank,
      epochs: plan.plannedEpochs(samples: data.trainingCount), steps: plan.steps,
      targetAccuracy: plan.targetAccuracy, seed: plan.seed,
      optimizer: Work.Optimizer(
        kind: optimizer.kind.rawValue, learningRate: optimizer.learningRate,
        momentum: isAdam ? nil : optimizer.momentum, beta1: isAdam ? optimizer.beta1 : nil,
        beta2: isAdam ? optimizer.beta2 : nil, epsilon: isAdam ? optimizer.epsilon : nil,
        weightDecay: optimizer.weightDecay, schedule: optimizer.schedule.rawValue),
      virtualShards: self.work.virtualShards,
      normalisation: Work.Normalisation(
        mean: data.normalisation.mean, deviation: data.normalisation.deviation),
      precision: self.work.precision.rawValue)
  }

  private func makeConfig(_ work: Work) -> Config {
    Config(
      scaling: work.batchPerRank == nil ? .strong : .weak, globalBatch: plan.globalBatch,
      batchPerRank: work.batchPerRank, model: model.name, epochs: work.epochs, seed: plan.seed,
      threadsPerRank: threads, device: device.kind, data: data.name,
      syntheticData: data.isSynthetic,
      convolution: device.gpu == nil ? options.convolution.rawValue : nil,
      sync: sync.rawValue,
      bucketBytes: bucket.map { $0 * MemoryLayout<Float>.stride },
      leaves: options.leafCount)
  }

  private func makeMachine(_ executable: String) -> Machine {
    Machine(
      cpu: HostFacts.cpuName(), cores: HostFacts.onlineCores(), hosts: place.hosts,
      operatingSystem: HostFacts.operatingSystem(), memoryBytes: HostFacts.memoryBytes(),
      mpi: Environment.libraryVersion, blas: BLAS.version, blasKernel: BLAS.kernel,
      binding: place.binding,
      revision: ProgramVersion.recordedRevision(executableSHA256: executable),
      executableSHA256: executable, l2CacheBytes: HostFacts.cacheBytes(level: 2),
      l3CacheBytes: HostFacts.cacheBytes(level: 3), cuda: device.gpu?.versions)
  }

  private static func epochRecord(_ epoch: EpochSummary) -> EpochRecord {
    EpochRecord(
      epoch: epoch.epoch, steps: epoch.steps, seconds: epoch.seconds,
      trainingLoss: epoch.trainingLoss, testLoss: epoch.testLoss, testAccuracy: epoch.testAccuracy,
      replicasEqual: true,
      parametersHash: epoch.parametersHash.hexadecimal)
  }
}
