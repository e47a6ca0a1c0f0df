import ArgumentParser
import Benchmarks
import DataParallel
import Dataset
import HostInspection
import MessagePassing
import NeuralNetwork
import OpenBLASEngine
import SystemSupport

/// `mnist-mpi bench allreduce`: measures the gradient exchange methods between these ranks.
struct BenchAllReduceCommand: RankCommand {
  static let configuration = CommandConfiguration(
    commandName: "allreduce",
    abstract: "Measure the gradient exchange methods between these ranks; predict a step time.",
    discussion: """
      Start it as the training will be started. It times each exchange method (see --sync of \
      train) for gradients of 1 KiB to 16 MiB and fits a latency and a bandwidth to the times. \
      With --model it also measures the computation and the exchange of that model's steps \
      separately, adds them, and writes this prediction to --results. A later run with the same \
      steps prints how well the prediction agrees with it:

        mpirun -np 1 mnist-mpi --model mlp --threads 1
        mpirun -np 2 mnist-mpi bench allreduce --model mlp --threads 1
        mpirun -np 2 mnist-mpi --model mlp --threads 1 --sync node
      """)

  @Option(
    help: ArgumentHelp(
      "Predict the step time of this network: cnn, mlp, or a list of layers (see train --help).",
      valueName: "name or layers"))
  var model: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Global batch: samples of a step over all ranks.", valueName: "samples"))
  var batchSize: Int = 64

  @Option(help: "Optimizer: adam or sgd.")
  var optimizer: Optimizer.Kind = .adam

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Threads of each rank (default: the cores it may use, divided by the ranks that share them).",
      valueName: "n"))
  var threads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of measurements; their median is reported.", valueName: "n"))
  var repeats: Int = 25

  @Option(
    help: ArgumentHelp(
      "Directory with records, to which the prediction is written.", valueName: "directory"))
  var results: String = "results"

  @Flag(help: "Print the report as JSON, with the seconds of every repeat.")
  var json = false

  /// The measured numbers of gradients: 1 KiB to 16 MiB.
  private static let counts = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304]
  /// The number of synthetic images on which steps are measured.
  private static let images = 6400

  func validate() throws {
    for (option, value, largest) in [
      ("--batch-size", batchSize, Self.images), ("--repeats", repeats, 10_000),
      ("--threads", threads ?? 1, 4096),
    ] where !(1...largest).contains(value) {
      throw ValidationError("\(option) \(value): expected a number from 1 to \(largest)")
    }
    if results.isEmpty { throw ValidationError("--results \"\": expected a path") }
  }

  func run(over communicator: Communicator) throws {
    let place = try RankPlace.find(communicator, threads: threads)
    let network = try model.map(makeModel)
    let counts = Self.counts + (network.map { [ParameterLayout(of: $0).count] } ?? [])
    let timings = try ExchangeBench(over: communicator)
      .measure(SyncMethod.onCPU, counts: counts.sorted(), repeats: repeats)
    let prediction = try network.map { try predict($0, place, communicator) }
    _ = try communicator.onRoot(exitCode: ExitCode.cannotCreate) {
      try prediction?.keep(in: results)
      let report = ExchangeReport(
        ranks: communicator.size, nodes: place.nodes, threadsPerRank: place.threads,
        binding: place.binding, cpu: HostFacts.cpuName(), mpi: Environment.libraryVersion,
        transports: HostFacts.messageTransports(), lines: timings.map(Self.line),
        prediction: prediction)
      print(json ? try report.json() : ExchangeTable.text(report))
    }
  }

  private func makeModel(_ text: String) throws -> Model {
    do {
      return try ModelChoice(model: text, hidden: nil).make(height: 28, width: 28, classes: 10)
    } catch {
      throw AgreedError("\(error)", exitCode: ExitCode.usage)
    }
  }

  private func predict(
    _ network: Model, _ place: RankPlace, _ communicator: Communicator
  ) throws -> Prediction {
    let data = try Scatter.distribute(
      over: communicator, virtualShards: WorkOptions.defaultVirtualShards
    ) {
      try DataSource.synthetic.open(DataSource.Options(limit: Self.images))
    }
    let rule = Optimizer(kind: optimizer, learningRate: 1e-7)
    let engine = OpenBLASEngine(model: network, optimizer: rule, threads: place.threads)
    let rehearsals = try Trainer.rehearse(
      SyncMethod.onCPU,
      of: TrainingJob(
        communicator: communicator, data: data, model: network, optimizer: rule, engine: engine,
        plan: TrainingPlan(globalBatch: batchSize, epochs: 1, seed: 1)))
    var prediction = Prediction(
      model: network.text, optimizer: optimizer.rawValue, globalBatch: batchSize,
      ranks: communicator.size, nodes: place.nodes, threadsPerRank: place.threads,
      convolution: ConvolutionMethod.auto.rawValue,
      executableSHA256: ProgramVersion.executableSHA256(),
      methods: rehearsals.map {
        Prediction.Method(
          sync: $0.method.rawValue, computeSeconds: $0.computeSeconds,
          exchangeSeconds: $0.exchangeSeconds)
      }, oneRankStepSeconds: nil)
    if communicator.isRoot, RecordInput.isDirectory(results) {
      prediction.oneRankStepSeconds = Prediction.oneRankStep(
        like: prediction, among: try RecordInput.load(directory: results))
    }
    return prediction
  }

  private static func line(_ timing: ExchangeBench.Timing) -> ExchangeReport.Line {
    ExchangeReport.Line(
      sync: timing.method.rawValue, bytes: 4 * timing.count, slowest: timing.slowest,
      fastest: timing.fastest, markerSeconds: timing.markerSeconds)
  }
}
