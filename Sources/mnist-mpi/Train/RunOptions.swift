import ArgumentParser
import DataParallel
import OpenBLASEngine
import RunRecords

/// The values of `--device`.
enum DeviceName: String, CaseIterable, ExpressibleByArgument {
  case auto
  case cpu
  case cuda
}

/// The values of `--progress`.
enum ProgressMode: String, CaseIterable, ExpressibleByArgument {
  case auto
  case on
  case off
}

extension ConvolutionMethod: ExpressibleByArgument {}

/// The values of `--on-nan`.
enum NonFiniteAction: String, CaseIterable, ExpressibleByArgument {
  case stop
  case skip
}

/// The options that define how the work is done and which output is written.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Device of each rank: cpu, cuda (one GPU for each rank), or auto (default).",
      discussion: """
        auto uses GPUs if every rank has one, otherwise the CPU. If a host has a GPU that is not \
        used, the run prints the reason. Rank i of a node uses GPU i; if there are fewer GPUs than \
        ranks, ranks share them and the run prints that. The environment variable MNIST_MPI_CUDA \
        may name the directory of NVIDIA's libraries; the value none hides them.
        """))
  var device: DeviceName = .auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads of each rank (default: the cores it may use, divided by the ranks that share them).",
      valueName: "n"))
  var threads: Int?

  @Option(help: "Method of 3x3 convolutions on CPUs: winograd, im2col, or auto (chosen by shape).")
  var convolution: ConvolutionMethod = .auto

  @Option(
    help: ArgumentHelp(
      "Gradient exchange method: allreduce (default), node, cuda-aware or auto.",
      discussion: """
        allreduce: MPI_Allreduce; every rank updates all parameters. node: shared memory within a \
        node; each rank updates its part of the parameters; only on CPUs. cuda-aware: \
        MPI_Allreduce in GPU memory; the default on GPUs if the MPI library reports that it \
        supports this and a trial gives correct sums. auto: measures each possible method for a \
        few steps and uses the fastest. No method changes the learning rate, also if the global \
        batch grows with the number of ranks; set --learning-rate yourself.
        """, valueName: "method"))
  var sync: SyncOption?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Bucket: gradients that GPUs exchange in one call during the backward pass (default: 1024).",
      discussion: "0: all gradients in one call after the backward pass.", valueName: "KiB"))
  var bucketKib: Int?

  /// The number of gradients in a bucket.
  var bucket: Int? { bucketKib.map { $0 * 1024 / MemoryLayout<Float>.stride } }

  @Flag(
    help: ArgumentHelp(
      "Give the same bits for any number of ranks and threads, any exchange method and any hosts.",
      discussion: """
        A batch is divided into --leaves leaves. Each leaf is computed by one thread, and the \
        leaves' gradients are added in a fixed tree. This takes longer than the fast mode; compare \
        prints the ratio. On another type of CPU, OpenBLAS may use another kernel, which may give \
        other bits; the environment variable OPENBLAS_CORETYPE selects the kernel.
        """))
  var reproducible = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Leaves of a batch with --reproducible; also the largest number of ranks (default: 8).",
      valueName: "n"))
  var leaves: Int?

  /// The leaves of the reproducible mode; nil in the fast mode.
  var leafCount: Int? { reproducible ? leaves ?? LeafCut.standardCount : nil }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps between two comparisons of all ranks' parameters (default: only after every epoch).",
      valueName: "steps"))
  var checkReplicas: Int?

  @Option(
    help: ArgumentHelp(
      "Swap two samples of an epoch, to test the certificate.", valueName: "epoch:position",
      visibility: .hidden))
  var swapSamples: SampleSwap?

  @Option(
    help: ArgumentHelp(
      "Inject a fault on purpose, for teaching and tests; the run is then no measurement.",
      discussion: """
        slow:rank1:1.5x: rank 1 computes 1.5 times as long. die:rank1@step50: it is killed; hang: it \
        computes for ever; nan: its loss and gradients are not numbers; corrupt: a bit of its \
        parameters is flipped after the step (corrupt:rank1@step50:7 flips one of parameter 7).
        """, valueName: "drill"))
  var inject: DrillOption?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "End the run if no rank makes progress for this long, and name the rank at fault.",
      discussion: "Longer than a step and an evaluation take; by default nothing watches.",
      valueName: "seconds"))
  var timeout: Double?

  @Option(help: "What a loss that is not finite does: stop the run, or skip the step (CPU only).")
  var onNan: NonFiniteAction = .stop

  @Option(
    help: ArgumentHelp(
      "The run's place in a study.", valueName: "study:block:configuration:attempt",
      visibility: .hidden))
  var studyRun: StudyMembership?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps between two printed losses.", valueName: "steps"))
  var logInterval: Int = 100

  @Option(
    help: ArgumentHelp(
      "Draw a progress bar: on, off, or auto (only on a terminal and without mpirun).",
      discussion: "Under mpirun every output looks like a terminal."))
  var progress: ProgressMode = .auto

  @Flag(
    name: .shortAndLong, help: "Print only warnings and errors; the record is still written.")
  var quiet = false

  @Option(
    help: ArgumentHelp("Directory of records, to which this run adds one.", valueName: "directory"))
  var results: String = "results"

  @Option(help: ArgumentHelp("Write the record also to this file.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp("Write the trained weights to this file, as safetensors.", valueName: "file")
  )
  var save: String?

  @Option(
    help: ArgumentHelp(
      "Write what every rank did at which time to this file, as Chrome trace JSON.",
      discussion: "Perfetto opens it; mnist-mpi report --timeline draws a step of it.",
      valueName: "file"))
  var trace: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The steps of the trace, counted from 1, such as 20..40 or 7 (default: all).",
      discussion: "If --target-accuracy ends the run earlier, the trace has those that were taken.",
      valueName: "first..last"))
  var traceSteps: TraceSteps?

  func validate() throws {
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads \(threads): expected a number from 1 to 4096")
    }
    if let timeout, !(0.1...1e6).contains(timeout) {
      throw ValidationError("--timeout \(timeout): expected seconds from 0.1 to 1000000")
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
    if let traceSteps, trace == nil {
      throw ValidationError(
        "--trace-steps \(traceSteps.text) belongs to --trace; leave it out or add that")
    }
    for (option, path) in [
      ("--results", results), ("--json", json), ("--save", save), ("--trace", trace),
    ]
    where path == "" {
      throw ValidationError("\(option) \"\": expected a path")
    }
  }
}
