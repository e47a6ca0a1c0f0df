import RunRecords
import TestSupport

extension GateCase {
  private static let noWork = "no one-rank run of the same work"
  private static let noConditions = "no one-rank run under the same conditions"

  static let work: [GateCase] = [
    GateCase("nothing", counts: true, [proved]) { _, _ in },
    GateCase(
      "learning rate", counts: false, [noWork, "optimizer.learningRate: 0.01 against 0.001"]
    ) { $1.work.optimizer.learningRate = 0.01 },
    GateCase("seed", counts: false, [noWork, "seed: 7 against 1"]) { $1.work.seed = 7 },
    GateCase("data", counts: false, [noWork, "dataSHA256: beef against da7a"]) {
      $1.work.dataSHA256 = "beef"
    },
    GateCase("global batch", counts: false, [noWork, "globalBatch: 128 against 64"]) {
      $1.work.globalBatch = 128
    },
    GateCase("epochs", counts: false, [noWork, "epochs: 1 against 2"]) { $1.work.epochs = 1 },
    GateCase("model", counts: false, [noWork, "model: mlp against cnn 3x3x32 3x3x64 128"]) {
      $1.work.model = "mlp"
    },
    GateCase("precision", counts: false, [noWork, "precision: bfloat16 against float32"]) {
      $1.work.precision = "bfloat16"
    },
    GateCase(
      "work of a newer program", counts: false,
      [noWork, "workHash: other against abcdef0123456789"]
    ) { $1.workHash = "other" },
  ]

  static let conditions: [GateCase] = [
    GateCase("processor", counts: false, [noConditions, "machine.cpu: Other against Example CPU"]) {
      $1.machine.cpu = "Other"
    },
    GateCase("cores", counts: false, [noConditions, "machine.cores: 8 against 4"]) {
      $1.machine.cores = 8
    },
    GateCase("device", counts: false, [noConditions, "device: cuda against cpu"]) {
      $1.config.device = "cuda"
    },
    GateCase(
      "GPU", counts: false, [noConditions, "GPU: NVIDIA A100 and NVIDIA H200 against NVIDIA H200"]
    ) {
      ($0.config.device, $1.config.device) = ("cuda", "cuda")
      $0.ranks[0].device = "cuda GPU-1a2b3c4d NVIDIA H200"
      $1.ranks[0].device = "cuda GPU-1a2b3c4d NVIDIA H200"
      $1.ranks[1].device = "cuda GPU-5e6f7a8b NVIDIA A100"
    },
    GateCase("the same GPUs", counts: true, [proved]) {
      ($0.config.device, $1.config.device) = ("cuda", "cuda")
      $0.ranks[0].device = "cuda GPU-1a2b3c4d NVIDIA H200"
      $1.ranks[0].device = "cuda GPU-1a2b3c4d NVIDIA H200"
      $1.ranks[1].device = "cuda GPU-5e6f7a8b NVIDIA H200"
    },
    GateCase(
      "GPU driver", counts: false,
      [
        noConditions,
        "CUDA: driver for CUDA 13.0, NVRTC 13.0 against driver for CUDA 12.9, NVRTC 12.9",
      ]
    ) {
      $0.machine.cuda = "driver for CUDA 12.9, NVRTC 12.9"
      $1.machine.cuda = "driver for CUDA 13.0, NVRTC 13.0"
    },
    GateCase("revision", counts: false, [noConditions, "revision: 9999 against 1234abc"]) {
      $1.machine.revision = "9999"
    },
    GateCase(
      "program of changed files", counts: false,
      [noConditions, "revision: 12-dirty executable beef against 12-dirty executable feed"]
    ) {
      $0.machine.revision = "12-dirty"
      $1.machine.revision = "12-dirty"
      $1.machine.executableSHA256 = "beef"
    },
    GateCase("MPI", counts: false, [noConditions, "MPI: MPICH against Open MPI 4.1.4"]) {
      $1.machine.mpi = "MPICH"
    },
    GateCase("BLAS", counts: false, [noConditions, "BLAS: other against OpenBLAS 0.3.21"]) {
      $1.machine.blas = "other"
    },
    GateCase("BLAS kernel", counts: false, [noConditions, "BLAS kernel: Zen against Haswell"]) {
      $1.machine.blasKernel = "Zen"
    },
    GateCase("convolution", counts: false, [noConditions, "convolution: im2col against auto"]) {
      $0.config.convolution = "auto"
      $1.config.convolution = "im2col"
    },
    GateCase(
      "fast mode against reproducible", counts: false,
      [noConditions, "mode: fast against reproducible, 8 leaves"]
    ) { one, _ in one.config.leaves = 8 },
    GateCase(
      "leaves", counts: false,
      [noConditions, "mode: reproducible, 4 leaves against reproducible, 8 leaves"]
    ) {
      $0.config.leaves = 8
      $1.config.leaves = 4
    },
    GateCase(
      "threads, the same cores in total", counts: false,
      [
        noConditions, "threads per rank: 1 against 2", "compared under same cores in total (2)",
      ]
    ) { one, _ in
      one.config.threadsPerRank = 2
      one.ranks[0].threads = 2
      one.ranks[0].cores = [0, 1]
    },
    GateCase("more threads", counts: false, [noConditions, "threads per rank: 2 against 1"]) {
      $1.config.threadsPerRank = 2
    },
    GateCase("binding", counts: false, [noConditions, "binding: none against core"]) {
      $1.machine.binding = .none
    },
    GateCase(
      "ranks bound differently", counts: false,
      ["binding: mixed: no one rank is bound like ranks that are bound differently"]
    ) { $1.machine.binding = .mixed },
  ]

  static let disturbances: [GateCase] = [
    GateCase(
      "more threads than cores", counts: false,
      ["not a measurement: 3 ranks with 3 threads on 2 cores of alpha", proved]
    ) {
      $1.run.ranks = 3
      $1.ranks = (0..<3).map { makeRank($0, of: 3, seconds: 6.25) }
      for rank in $1.ranks.indices { $1.ranks[rank].cores = [0, 1] }
    },
    GateCase(
      "two ranks on one core", counts: false,
      ["not a measurement: 2 ranks with 2 threads on 1 core of alpha", proved]
    ) { $1.ranks[1].cores = [0] },
    GateCase(
      "the base's threads on one core", counts: false,
      ["the one-rank run is not a measurement: 1 rank with 2 threads on 1 core of alpha"]
    ) { one, _ in one.ranks[0].threads = 2 },
    GateCase(
      "one GPU", counts: false,
      ["not a measurement: 2 ranks share the GPU cuda:0 of alpha", proved]
    ) {
      for rank in $1.ranks.indices { $1.ranks[rank].device = "cuda:0" }
    },
    GateCase("a GPU each", counts: true, [proved]) {
      for rank in $1.ranks.indices { $1.ranks[rank].device = "cuda:\(rank)" }
    },
    GateCase(
      "a busy machine", counts: false,
      ["not a measurement: other programs used 34 % of the cores of alpha", proved]
    ) { $1.loads = [NodeLoad(node: 0, host: "alpha.example.org", othersShare: 0.34)] },
    GateCase(
      "a machine busy under the base", counts: false,
      [
        "the one-rank run is not a measurement: other programs used 11 % of the cores of alpha"
      ]
    ) { one, _ in one.loads = [NodeLoad(node: 0, host: "alpha", othersShare: 0.11)] },
    GateCase("a machine just quiet enough", counts: true, [proved]) {
      $0.loads = [NodeLoad(node: 0, host: "alpha", othersShare: 0.10)]
      $1.loads = $0.loads
    },
  ]

  static let outcomes: [GateCase] = [
    GateCase("replicas", counts: false, ["replicas differ: not valid", proved]) {
      $1.result.replicasEqual = false
    },
    GateCase(
      "the base's replicas", counts: false, ["the one-rank run's replicas differ"]
    ) { one, _ in one.result.replicasEqual = false },
    GateCase(
      "accuracy", counts: false,
      [
        "test accuracy: 97.00 % against 98.60 % (differs by 1.60 points, 0.41 would agree)", proved,
      ]
    ) { $1.result.testAccuracy = 0.97 },
    GateCase("accuracy within the rule", counts: true, [proved]) {
      $1.result.testAccuracy = 0.983
    },
    GateCase("samples seen", counts: false, ["samples seen: 6000 against 12000", proved]) {
      $1.result.samplesSeen = 6000
    },
    GateCase(
      "samples seen until a target", counts: true,
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
