import RunRecords
import TestSupport

extension ComparabilityCase {
  private static let noWork = "no one-rank run of the same work"
  private static let noConditions = "no one-rank run under the same conditions"

  static let work: [ComparabilityCase] = [
    ComparabilityCase("nothing", comparable: true, [proved]) { _, _ in },
    ComparabilityCase(
      "learning rate", comparable: false, [noWork, "optimizer.learningRate: 0.01 against 0.001"]
    ) { $1.work.optimizer.learningRate = 0.01 },
    ComparabilityCase("seed", comparable: false, [noWork, "seed: 7 against 1"]) {
      $1.work.seed = 7
    },
    ComparabilityCase("data", comparable: false, [noWork, "dataSHA256: beef against da7a"]) {
      $1.work.dataSHA256 = "beef"
    },
    ComparabilityCase("global batch", comparable: false, [noWork, "globalBatch: 128 against 64"]) {
      $1.work.globalBatch = 128
    },
    ComparabilityCase("epochs", comparable: false, [noWork, "epochs: 1 against 2"]) {
      $1.work.epochs = 1
    },
    ComparabilityCase(
      "model", comparable: false, [noWork, "model: mlp against cnn 3x3x32 3x3x64 128"]
    ) {
      $1.work.model = "mlp"
    },
    ComparabilityCase(
      "precision", comparable: false, [noWork, "precision: bfloat16 against float32"]
    ) {
      $1.work.precision = "bfloat16"
    },
    ComparabilityCase(
      "work of a newer program", comparable: false,
      [noWork, "workHash: other against abcdef0123456789"]
    ) { $1.workHash = "other" },
  ]

  static let conditions: [ComparabilityCase] = [
    ComparabilityCase(
      "processor", comparable: false, [noConditions, "machine.cpu: Other against Example CPU"]
    ) {
      $1.machine.cpu = "Other"
    },
    ComparabilityCase("cores", comparable: false, [noConditions, "machine.cores: 8 against 4"]) {
      $1.machine.cores = 8
    },
    ComparabilityCase("device", comparable: false, [noConditions, "device: cuda against cpu"]) {
      $1.config.device = "cuda"
    },
    ComparabilityCase(
      "GPU", comparable: false,
      [noConditions, "GPU: NVIDIA A100 and NVIDIA H200 against NVIDIA H200"]
    ) {
      ($0.config.device, $1.config.device) = ("cuda", "cuda")
      $0.ranks[0].device = "cuda GPU-1a2b3c4d NVIDIA H200"
      $1.ranks[0].device = "cuda GPU-1a2b3c4d NVIDIA H200"
      $1.ranks[1].device = "cuda GPU-5e6f7a8b NVIDIA A100"
    },
    ComparabilityCase("the same GPUs", comparable: true, [proved]) {
      ($0.config.device, $1.config.device) = ("cuda", "cuda")
      $0.ranks[0].device = "cuda GPU-1a2b3c4d NVIDIA H200"
      $1.ranks[0].device = "cuda GPU-1a2b3c4d NVIDIA H200"
      $1.ranks[1].device = "cuda GPU-5e6f7a8b NVIDIA H200"
    },
    ComparabilityCase(
      "GPU driver", comparable: false,
      [
        noConditions,
        "CUDA: driver for CUDA 13.0, NVRTC 13.0 against driver for CUDA 12.9, NVRTC 12.9",
      ]
    ) {
      $0.machine.cuda = "driver for CUDA 12.9, NVRTC 12.9"
      $1.machine.cuda = "driver for CUDA 13.0, NVRTC 13.0"
    },
    ComparabilityCase(
      "revision", comparable: false, [noConditions, "revision: 9999 against 1234abc"]
    ) {
      $1.machine.revision = "9999"
    },
    ComparabilityCase(
      "program of changed files", comparable: false,
      [noConditions, "revision: 12-dirty executable beef against 12-dirty executable feed"]
    ) {
      $0.machine.revision = "12-dirty"
      $1.machine.revision = "12-dirty"
      $1.machine.executableSHA256 = "beef"
    },
    ComparabilityCase(
      "MPI", comparable: false, [noConditions, "MPI: MPICH against Open MPI 4.1.4"]
    ) {
      $1.machine.mpi = "MPICH"
    },
    ComparabilityCase(
      "BLAS", comparable: false, [noConditions, "BLAS: other against OpenBLAS 0.3.21"]
    ) {
      $1.machine.blas = "other"
    },
    ComparabilityCase(
      "BLAS kernel", comparable: false, [noConditions, "BLAS kernel: Zen against Haswell"]
    ) {
      $1.machine.blasKernel = "Zen"
    },
    ComparabilityCase(
      "convolution", comparable: false, [noConditions, "convolution: im2col against auto"]
    ) {
      $0.config.convolution = "auto"
      $1.config.convolution = "im2col"
    },
    ComparabilityCase(
      "fast mode against reproducible", comparable: false,
      [noConditions, "mode: fast against reproducible, 8 leaves"]
    ) { one, _ in one.config.leaves = 8 },
    ComparabilityCase(
      "leaves", comparable: false,
      [noConditions, "mode: reproducible, 4 leaves against reproducible, 8 leaves"]
    ) {
      $0.config.leaves = 8
      $1.config.leaves = 4
    },
    ComparabilityCase(
      "threads, the same cores in total", comparable: false,
      [
        noConditions, "threads per rank: 1 against 2", "compared under same cores in total (2)",
      ]
    ) { one, _ in
      one.config.threadsPerRank = 2
      one.ranks[0].threads = 2
      one.ranks[0].cores = [0, 1]
    },
    ComparabilityCase(
      "more threads", comparable: false, [noConditions, "threads per rank: 2 against 1"]
    ) {
      $1.config.threadsPerRank = 2
    },
    ComparabilityCase("binding", comparable: false, [noConditions, "binding: none against core"]) {
      $1.machine.binding = .none
    },
    ComparabilityCase(
      "ranks bound differently", comparable: false,
      ["binding: mixed: no one rank is bound like ranks that are bound differently"]
    ) { $1.machine.binding = .mixed },
  ]

  static let disturbances: [ComparabilityCase] = [
    ComparabilityCase(
      "more threads than cores", comparable: false,
      ["not a measurement: 3 ranks with 3 threads on 2 cores of alpha", proved]
    ) {
      $1.run.ranks = 3
      $1.ranks = (0..<3).map { makeRank($0, of: 3, seconds: 6.25) }
      for rank in $1.ranks.indices { $1.ranks[rank].cores = [0, 1] }
    },
    ComparabilityCase(
      "two ranks on one core", comparable: false,
      ["not a measurement: 2 ranks with 2 threads on 1 core of alpha", proved]
    ) { $1.ranks[1].cores = [0] },
    ComparabilityCase(
      "the base's threads on one core", comparable: false,
      ["the one-rank run is not a measurement: 1 rank with 2 threads on 1 core of alpha"]
    ) { one, _ in one.ranks[0].threads = 2 },
    ComparabilityCase(
      "one GPU", comparable: false,
      ["not a measurement: 2 ranks share the GPU cuda:0 of alpha", proved]
    ) {
      for rank in $1.ranks.indices { $1.ranks[rank].device = "cuda:0" }
    },
    ComparabilityCase("a GPU each", comparable: true, [proved]) {
      for rank in $1.ranks.indices { $1.ranks[rank].device = "cuda:\(rank)" }
    },
    ComparabilityCase(
      "a busy machine", comparable: false,
      ["not a measurement: other programs used 34 % of the cores of alpha", proved]
    ) { $1.loads = [NodeLoad(node: 0, host: "alpha.example.org", othersShare: 0.34)] },
    ComparabilityCase(
      "a machine busy under the base", comparable: false,
      [
        "the one-rank run is not a measurement: other programs used 11 % of the cores of alpha"
      ]
    ) { one, _ in one.loads = [NodeLoad(node: 0, host: "alpha", othersShare: 0.11)] },
    ComparabilityCase("a machine just quiet enough", comparable: true, [proved]) {
      $0.loads = [NodeLoad(node: 0, host: "alpha", othersShare: 0.10)]
      $1.loads = $0.loads
    },
  ]

  static let outcomes: [ComparabilityCase] = [
    ComparabilityCase("replicas", comparable: false, ["replicas differ: not valid", proved]) {
      $1.result.replicasEqual = false
    },
    ComparabilityCase(
      "the base's replicas", comparable: false, ["the one-rank run's replicas differ"]
    ) { one, _ in one.result.replicasEqual = false },
    ComparabilityCase(
      "accuracy", comparable: false,
      [
        "test accuracy: 97.00 % against 98.60 % (differs by 1.60 points, 0.41 would agree)", proved,
      ]
    ) { $1.result.testAccuracy = 0.97 },
    ComparabilityCase("accuracy within the rule", comparable: true, [proved]) {
      $1.result.testAccuracy = 0.983
    },
    ComparabilityCase(
      "samples seen", comparable: false, ["samples seen: 6000 against 12000", proved]
    ) {
      $1.result.samplesSeen = 6000
    },
    ComparabilityCase(
      "samples seen until a target", comparable: true,
      [
        "samples seen: 6000 against 12000, until the target accuracy",
        "same work: no: the number of epochs differs",
      ]
    ) {
      $0.work.targetAccuracy = 0.98
      $1.work.targetAccuracy = 0.98
      $1.result.samplesSeen = 6000
      $1.certificate = makeCertificate { $0.epochs.removeLast() }
    },
  ]
}
