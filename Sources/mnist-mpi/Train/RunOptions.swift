import ArgumentParser
import DataParallel
import OpenBLASEngine

enum DeviceName: String, CaseIterable, ExpressibleByArgument {
  case auto
  case cpu
  case cuda
}

enum ProgressMode: String, CaseIterable, ExpressibleByArgument {
  case auto
  case on
  case off
}

extension ConvolutionMethod: ExpressibleByArgument {}

/// The options that say how the work is done and what is kept of it.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What each rank computes on: cpu, cuda (a GPU of its own), or auto (default).",
      discussion: """
        auto takes a GPU where every rank has one, else the CPU, and says why. A rank's GPU is that of its place \
        on its node; with fewer GPUs than ranks they share, which is said. MNIST_MPI_CUDA can name \
        the directory of NVIDIA's libraries; none hides them.
        """))
  var device: DeviceName = .auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads of each rank (default: the cores it may use, shared with its node's ranks).",
      valueName: "n"))
  var threads: Int?

  @Option(help: "3x3 convolutions: auto (by shape), winograd or im2col.")
  var convolution: ConvolutionMethod = .auto

  @Option(
    help: ArgumentHelp(
      "How ranks bring gradients together: allreduce, node, cuda-aware, or auto (default: allreduce).",
      discussion: """
        allreduce: MPI_Allreduce, every rank updates everything. node: shared memory within a node, each rank \
        updates its part; for CPUs. cuda-aware: MPI_Allreduce in the memory of GPUs, the default there if MPI says that it knows \
        it and a trial comes out right. auto: tries each for a moment and takes the fastest. The learning rate \
        is not touched: others multiply it by the number of ranks where the global batch grows; \
        here say --learning-rate.
        """, valueName: "way"))
  var sync: SyncOption?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Gradients that GPUs exchange at a time, while earlier layers still work; 0: all at the end (default: 1024).",
      valueName: "KiB"))
  var bucketKib: Int?

  /// Gradients of a bucket.
  var bucket: Int? { bucketKib.map { $0 * 1024 / MemoryLayout<Float>.stride } }

  @Flag(
    help: ArgumentHelp(
      "The same bits whatever the number of ranks and threads, the way of exchange and the hosts.",
      discussion: """
        A batch is cut into --leaves leaves, each computed by one thread and added up in a fixed tree. \
        Takes longer than the fast mode: compare tells by how much. CPUs for which OpenBLAS has \
        another kernel may give other bits: OPENBLAS_CORETYPE pins it.
        """))
  var reproducible = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Leaves of a batch with --reproducible, the most ranks there can be (default: 8).",
      valueName: "n"))
  var leaves: Int?

  /// The leaves of the reproducible mode; nil in the fast mode.
  var leafCount: Int? { reproducible ? leaves ?? LeafCut.standardCount : nil }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Compare all ranks' parameters after every so many steps, besides after every epoch.",
      valueName: "steps"))
  var checkReplicas: Int?

  @Option(
    help: ArgumentHelp(
      "Turn a bit of one rank's parameters over, as a drill.", valueName: "rank:step:parameter",
      visibility: .hidden))
  var flipBit: BitFlip?

  @Option(
    help: ArgumentHelp(
      "Exchange two samples of an epoch, as a drill.", valueName: "epoch:place",
      visibility: .hidden))
  var swapSamples: SampleSwap?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Report a step in so many.", valueName: "steps"))
  var logInterval: Int = 100

  @Option(
    help:
      "Draw a progress bar. auto: on a terminal without mpirun, whose output always looks like one."
  )
  var progress: ProgressMode = .auto

  @Flag(
    name: .shortAndLong, help: "Print nothing but what goes wrong; the record is still written.")
  var quiet = false

  @Option(help: ArgumentHelp("Directory for the run's record.", valueName: "directory"))
  var results: String = "results"

  @Option(help: ArgumentHelp("Write the record to this file too.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp("Write the trained weights to this file, as safetensors.", valueName: "file")
  )
  var save: String?

  func validate() throws {
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads \(threads): expected a number from 1 to 4096")
    }
    if let bucketKib, !(0...1_048_576).contains(bucketKib) {
      throw ValidationError("--bucket-kib \(bucketKib): expected a number from 0 to 1048576")
    }
    if let leaves {
      guard reproducible else {
        throw ValidationError("--leaves belongs to --reproducible; leave it out or add that")
      }
      guard (1...1024).contains(leaves) else {
        throw ValidationError("--leaves \(leaves): expected a number from 1 to 1024")
      }
    }
    if !(1...1_000_000_000).contains(logInterval) {
      throw ValidationError("--log-interval \(logInterval): expected a number from 1 to 1000000000")
    }
    if let checkReplicas, !(1...1_000_000_000).contains(checkReplicas) {
      throw ValidationError(
        "--check-replicas \(checkReplicas): expected a number from 1 to 1000000000")
    }
    if quiet && progress == .on {
      throw ValidationError("--quiet and --progress on exclude each other; give one of them")
    }
    for (option, path) in [("--results", results), ("--json", json), ("--save", save)]
    where path == "" {
      throw ValidationError("\(option) \"\": expected a path")
    }
  }
}
