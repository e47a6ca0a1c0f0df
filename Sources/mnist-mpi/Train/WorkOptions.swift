import ArgumentParser
import Dataset
import NeuralNetwork

extension Optimizer.Kind: ExpressibleByArgument {}
extension Schedule: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

// Numbers are parsed unconditionally, so that `--batch-size -64` is an invalid number and not a
// missing one.

/// The options that define the work: runs with equal values do the same work.
struct WorkOptions: ParsableArguments {
  @OptionGroup var dataset: DataOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Channels of synthetic images, 1 to 4 (default: 1); files say their own.", valueName: "n"))
  var channels: Int?

  @Option(
    help: ArgumentHelp(
      "Named set of defaults for network, batch, schedule, learning rate and steps.",
      discussion: Recipe.help + " Other options override these defaults.", valueName: "name"))
  var recipe: Recipe?

  @Option(
    name: .customLong("model"),
    help: ArgumentHelp(
      "Network: cnn (two convolutions, two linear layers; default), mlp, or a list of layers.",
      discussion: """
        A list joins layers by commas: conv5x5:20 (kernel, outputs), relu, maxpool2, fc:128 (a \
        linear layer with 128 outputs) and fc:classes (one output per class, the last layer).
        """,
      valueName: "name or layers"))
  var namedModel: String?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      "Start from weights that --save wrote, of the same network.",
      discussion: "With --steps 0 the run only evaluates them.", valueName: "file"))
  var initialWeights: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Shift each training image in each epoch by up to n pixels in each direction, at random.",
      valueName: "n"))
  var shift: Int?

  @Option(
    help: ArgumentHelp("Widths of the mlp's hidden layers (default: 512,512).", valueName: "n,n"))
  var hidden: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Global batch: samples of an optimizer step over all ranks (default: 64).",
      discussion: "The work is the same on any number of ranks: strong scaling.",
      valueName: "samples"))
  var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Local batch: samples of a step on each rank; more ranks take fewer, larger steps.",
      discussion: "Weak scaling: the work differs from that of one rank. Excludes --batch-size.",
      valueName: "samples"))
  var batchSizePerRank: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes over the training set (default: 2).", valueName: "n"))
  var epochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of optimizer steps, after which the run evaluates and ends. Excludes --epochs.",
      valueName: "n"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Use only the first n training images.", valueName: "n"))
  var limit: Int?

  @Option(
    parsing: .unconditional,
    help: "Seed of the initial weights, the order of samples and synthetic data.")
  var seed: UInt64 = 1

  @Option(help: "Optimizer: adam (with --weight-decay AdamW) or sgd.")
  var optimizer: Optimizer.Kind = .adam

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Learning rate (default: 1e-3 for adam, 0.05 for sgd); never scaled automatically.",
      valueName: "rate"))
  var learningRate: Double?

  @Option(
    help: ArgumentHelp(
      "Schedule of the learning rate: constant (default), cosine or one-cycle.",
      discussion: "one-cycle: --learning-rate is the maximum."))
  var schedule: Schedule?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Momentum, for sgd only (default: 0).", valueName: "factor"))
  var momentum: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Weight decay: decoupled for adam, added to the gradient for sgd.", valueName: "factor"))
  var weightDecay: Double = 0

  @Option(
    help: ArgumentHelp(
      "Precision of the factors of matrix products: float32, bfloat16, or on a GPU tf32.",
      discussion: """
        Parameters, sums and the optimizer always use float32. On a CPU, bfloat16 needs AVX512_BF16, and \
        convolutions stay in float32. Part of the work.
        """))
  var precision: Precision = .float32

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stop after the first epoch that reaches this test accuracy, such as 0.985.",
      valueName: "fraction"))
  var targetAccuracy: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Shards into which the training set is divided; at least the number of ranks.",
      discussion: """
        Part of the work. If the number of ranks divides it, each batch is divided evenly among \
        the ranks.
        """,
      valueName: "n"))
  var virtualShards: Int = Self.defaultVirtualShards

  /// 840, the least common multiple of 1 to 8: batches are even on 1 to 8 ranks.
  static let defaultVirtualShards = 840

  /// The network's name or its list of layers.
  var model: String { namedModel ?? recipe?.model ?? "cnn" }
  /// The global batch in strong scaling.
  var globalBatch: Int { batchSize ?? recipe?.batchSize ?? 64 }
  /// The passes over the training set; nil if the number of steps is given.
  var plannedEpochs: Int? { plannedSteps == nil ? epochs ?? 2 : nil }
  /// The number of optimizer steps; nil if it is not given.
  var plannedSteps: Int? { steps ?? (epochs == nil ? recipe?.steps : nil) }

  /// How the data are read.
  var dataOptions: DataSource.Options {
    var options = dataset.options
    (options.limit, options.seed, options.channels) = (limit, seed, channels ?? 1)
    return options
  }

  /// The model that the options name.
  var modelChoice: ModelChoice { ModelChoice(model: model, hidden: hidden) }

  /// The optimizer that the options describe, for a run of `steps` steps.
  func optimizer(steps: Int) -> Optimizer {
    var value = Optimizer(
      kind: optimizer, learningRate: learningRate ?? recipe?.learningRate, momentum: momentum ?? 0,
      weightDecay: weightDecay)
    value.schedule = schedule ?? recipe?.schedule ?? .constant
    value.scheduledSteps = steps
    return value
  }

  func validate() throws {
    try Self.check("--batch-size", batchSize, within: 1...(1 << 24))
    try Self.check("--batch-size-per-rank", batchSizePerRank, within: 1...(1 << 24))
    try Self.check("--epochs", epochs, within: 1...1_000_000)
    try Self.check(
      "--steps", steps, within: (initialWeights == nil ? 1 : 0)...100_000_000)
    try Self.check("--shift", shift, within: 1...1024)
    try Self.check("--limit", limit, within: 1...(1 << 40))
    try Self.check("--channels", channels, within: 1...Samples.mostChannels)
    if channels != nil && dataset.data != "synthetic" {
      throw ValidationError("--channels belongs to --data synthetic; leave it out or add that")
    }
    try Self.check("--virtual-shards", virtualShards, within: 1...1_000_000)
    if batchSize != nil && batchSizePerRank != nil {
      throw ValidationError(
        "--batch-size and --batch-size-per-rank exclude each other; give one of them")
    }
    if recipe != nil {
      guard optimizer == .adam, batchSizePerRank == nil else {
        throw ValidationError(
          "--recipe: it is made for adam and a global batch; leave out --optimizer sgd and "
            + "--batch-size-per-rank")
      }
    }
    if epochs != nil && steps != nil {
      throw ValidationError("--epochs and --steps exclude each other; give one of them")
    }
    try modelChoice.validate()
    if momentum != nil && optimizer != .sgd {
      throw ValidationError("--momentum belongs to --optimizer sgd; leave it out or add that")
    }
    try Self.check(
      "--learning-rate", learningRate, "a finite number above 0"
    ) { $0.isFinite && $0 > 0 }
    try Self.check("--momentum", momentum, "a number from 0 to below 1") { $0 >= 0 && $0 < 1 }
    try Self.check("--weight-decay", weightDecay, "a finite number, 0 or more") {
      $0.isFinite && $0 >= 0
    }
    try Self.check("--target-accuracy", targetAccuracy, "a fraction above 0 and up to 1") {
      $0 > 0 && $0 <= 1
    }
  }

  private static func check(_ option: String, _ value: Int?, within range: ClosedRange<Int>) throws
  {
    guard let value, !range.contains(value) else { return }
    throw ValidationError(
      "\(option) \(value): expected a number from \(range.lowerBound) to \(range.upperBound)")
  }

  private static func check(
    _ option: String, _ value: Double?, _ expected: String, _ isGood: (Double) -> Bool
  ) throws {
    guard let value, !isGood(value) else { return }
    throw ValidationError("\(option) \(value): expected \(expected)")
  }
}
