public import RunRecords
import Statistics

/// A small made-up record; each test changes the fields that it examines.
public func makeRecord(
  ranks: Int = 1, seconds: Double = 10, id: String = "0a1b2c3d4e5f",
  _ change: (inout RunRecord) -> Void = { _ in }
) -> RunRecord {
  var record = RunRecord(
    program: "mnist-mpi", version: "0.1.0", work: makeWork(), workHash: "abcdef0123456789",
    config: Config(
      scaling: .strong, globalBatch: 64, model: "cnn", epochs: 2, seed: 1, threadsPerRank: 1,
      device: "cpu", data: "data/mnist", syntheticData: false),
    run: Run(
      id: id, startedAt: "2026-11-23T18:15:00Z",
      command: ["mnist-mpi", "train", "--data", "data/mnist"], ranks: ranks, nodes: 1,
      launcher: "mpirun"),
    machine: Machine(
      cpu: "Example CPU", cores: 4, hosts: ["alpha"], operatingSystem: "Linux 6.1",
      memoryBytes: 8_000_000_000, mpi: "Open MPI 4.1.4", blas: "OpenBLAS 0.3.21",
      blasKernel: "Haswell", binding: .core, revision: "1234abc", executableSHA256: "feed"),
    ranks: (0..<ranks).map { makeRank($0, of: ranks, seconds: seconds) },
    epochs: [
      EpochRecord(
        epoch: 1, steps: 8, seconds: seconds, trainingLoss: 0.2, testLoss: 0.05,
        testAccuracy: 0.986, replicasEqual: true, parametersHash: "0123")
    ],
    result: RunRecord.Result(
      trainingSeconds: seconds, totalSeconds: seconds + 2, imagesPerSecond: 12000 / seconds,
      stepSeconds: Distribution([0.1, 0.2, 0.3]), finalLoss: 0.0312, testLoss: 0.0456,
      testAccuracy: 0.986, weightsSHA256: "4567", samplesSeen: 12000, steps: 188,
      replicasEqual: true, stoppedBy: .epochs, firstStepAt: 0.5))
  change(&record)
  return record
}

/// The work of `makeRecord`.
public func makeWork() -> Work {
  Work(
    dataSHA256: "da7a", trainingSamples: 6000, testSamples: 10000, classes: 10, imageHeight: 28,
    imageWidth: 28, model: "cnn 3x3x32 3x3x64 128", parameters: 1000, globalBatch: 64, epochs: 2,
    seed: 1,
    optimizer: Work.Optimizer(
      kind: "adam", learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0,
      schedule: "constant"),
    virtualShards: 840, normalisation: Work.Normalisation(mean: 0.13066, deviation: 0.308108),
    precision: "float32")
}

/// A rank with phases that add up to the training seconds; rank 0 of several waits for the others.
public func makeRank(_ rank: Int, of ranks: Int, seconds: Double) -> RankRecord {
  var phases = PhaseSeconds()
  let waits = ranks > 1 && rank == 0
  phases.load = 0.02 * seconds
  phases.forward = 0.30 * seconds
  phases.backward = (waits ? 0.40 : 0.50) * seconds
  phases.allReduceWait = waits ? 0.10 * seconds : 0
  phases.allReduceTransfer = ranks > 1 ? 0.04 * seconds : 0
  phases.update = 0.10 * seconds
  phases.evaluate = 0.75
  return RankRecord(
    rank: rank, host: "alpha.example.org", node: 0, device: "cpu", cores: [rank], threads: 1,
    samples: 6000 / ranks, phases: phases, otherSeconds: seconds - phases.training,
    trainingSeconds: seconds, imagesPerSecond: 12000 / seconds / Double(ranks),
    peakMemoryBytes: 120_000_000 + UInt64(rank) * 1_500_000)
}

/// The same record under weak scaling.
public func makeWeakRecord(
  ranks: Int, seconds: Double, samplesSeen: Int, id: String = "0a1b2c3d4e5f"
) -> RunRecord {
  makeRecord(ranks: ranks, seconds: seconds, id: id) {
    $0.work.globalBatch = nil
    $0.work.batchPerRank = 64
    $0.config.scaling = .weak
    $0.config.batchPerRank = 64
    $0.config.globalBatch = 64 * ranks
    $0.result.samplesSeen = samplesSeen
  }
}

/// A certificate of two epochs.
public func makeCertificate(_ change: (inout Certificate) -> Void = { _ in }) -> Certificate {
  var certificate = Certificate(
    dataSHA256: "da7a", initialWeightsSHA256: "0000",
    epochs: [
      Certificate.Epoch(orderHash: "0001", weightsSHA256: "77aa"),
      Certificate.Epoch(orderHash: "0002", weightsSHA256: "3f9c1b2a55d0"),
    ])
  change(&certificate)
  return certificate
}
