import DataParallel
import HostInspection
import MessagePassing
import NeuralNetwork
import OpenBLASEngine
import RunRecords

// The parts of a run record that rank 0 fills without values of other ranks.

extension Work {
  /// The work that the options define for the data of `setup`.
  init(_ setup: TrainingSetup, _ options: WorkOptions) {
    let (facts, plan, optimizer) = (setup.facts, setup.job.plan, setup.job.optimizer)
    let isAdam = optimizer.kind == .adam
    let normalisations = facts.normalisations.map {
      Work.Normalisation(mean: $0.mean, deviation: $0.deviation)
    }
    self.init(
      dataSHA256: facts.sha256, trainingSamples: facts.trainingCount, testSamples: facts.testCount,
      classes: facts.classes.count, imageHeight: facts.shape.height,
      imageWidth: facts.shape.width,
      imageChannels: facts.shape.channels == 1 ? nil : facts.shape.channels,
      model: setup.job.model.text, parameters: ParameterLayout(of: setup.job.model).count,
      globalBatch: options.batchSizePerRank == nil ? plan.globalBatch : nil,
      batchPerRank: options.batchSizePerRank,
      epochs: plan.plannedEpochs(samples: facts.trainingCount), steps: plan.steps,
      targetAccuracy: plan.targetAccuracy, seed: plan.seed,
      initialWeightsSHA256: setup.initialWeightsSHA256, shift: plan.shift,
      optimizer: Work.Optimizer(
        kind: optimizer.kind.rawValue, learningRate: optimizer.learningRate,
        momentum: isAdam ? nil : optimizer.momentum, beta1: isAdam ? optimizer.beta1 : nil,
        beta2: isAdam ? optimizer.beta2 : nil, epsilon: isAdam ? optimizer.epsilon : nil,
        weightDecay: optimizer.weightDecay, schedule: optimizer.schedule.rawValue),
      virtualShards: options.virtualShards,
      normalisation: normalisations[0],
      channelNormalisations: normalisations.count == 1 ? nil : normalisations,
      precision: options.precision.rawValue)
  }
}

extension Config {
  /// The configuration of the run.
  ///
  /// - Parameter bucket: the number of gradients exchanged in one call; nil for all.
  init(
    _ setup: TrainingSetup, _ work: Work, _ options: RunOptions, sync: SyncMethod, bucket: Int?
  ) {
    let plan = setup.job.plan
    self.init(
      scaling: work.batchPerRank == nil ? .strong : .weak, globalBatch: plan.globalBatch,
      batchPerRank: work.batchPerRank, model: setup.job.model.name, epochs: work.epochs,
      seed: plan.seed, threadsPerRank: setup.threads, device: setup.device.kind,
      data: setup.facts.name, syntheticData: setup.facts.isSynthetic,
      convolution: setup.device.gpu == nil ? options.convolution.rawValue : nil,
      sync: sync.rawValue, bucketBytes: bucket.map { $0 * MemoryLayout<Float>.stride },
      leaves: options.leafCount)
  }
}

extension Machine {
  /// The hardware and software of this rank, and the hosts of all ranks.
  init(_ setup: TrainingSetup) {
    let executable = ProgramVersion.executableSHA256()
    self.init(
      cpu: HostFacts.cpuName(), cores: HostFacts.onlineCores(), hosts: setup.place.hosts,
      operatingSystem: HostFacts.operatingSystem(), memoryBytes: HostFacts.memoryBytes(),
      mpi: Environment.libraryVersion, blas: BLAS.version, blasKernel: BLAS.kernel,
      binding: setup.place.binding,
      revision: ProgramVersion.recordedRevision(executableSHA256: executable),
      executableSHA256: executable, l2CacheBytes: HostFacts.cacheBytes(level: 2),
      l3CacheBytes: HostFacts.cacheBytes(level: 3), cuda: setup.device.gpu?.versions)
  }
}

extension EpochRecord {
  /// The record of an epoch; its replicas are equal, because a difference stops the run.
  init(_ epoch: EpochSummary) {
    self.init(
      epoch: epoch.epoch, steps: epoch.steps, seconds: epoch.seconds,
      trainingLoss: epoch.trainingLoss, testLoss: epoch.testLoss, testAccuracy: epoch.testAccuracy,
      replicasEqual: true, parametersHash: epoch.parametersHash.hexadecimal)
  }
}
