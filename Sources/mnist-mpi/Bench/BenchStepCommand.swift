import ArgumentParser
import Benchmarks
import Dataset
import HostInspection
import NeuralNetwork
import OpenBLASEngine
import Statistics

/// `mnist-mpi bench`, also `mnist-mpi bench step`: measures the machine and a step's parts.
struct BenchStepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Measure the machine's limits and each stage and phase of a model; needs no data.",
    discussion: """
      Trains on generated images, by default of MNIST's size, without MPI, and compares every stage of the \
      forward and the backward pass with the processor's own peak. \
      Bind it to the cores that it should use, and keep the machine otherwise idle:

        taskset -c 0 mnist-mpi bench --model mlp --batch-size 256
      """)

  @Option(
    help: ArgumentHelp(
      "Network: cnn, mlp, or a list of layers (see train --help).", valueName: "name or layers"))
  var model: String = "cnn"

  @Option(
    help: ArgumentHelp("Widths of the mlp's hidden layers (default: 512,512).", valueName: "n,n"))
  var hidden: String?

  @Option(
    help: ArgumentHelp(
      "Shape of the generated images; 1 to 4 channels.", valueName: "rows x columns [x channels]"))
  var image: ImageShape = .mnist

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Samples of a step.", valueName: "samples"))
  var batchSize: Int = 64

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of threads.", valueName: "n"))
  var threads: Int = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of measurements; their median is reported.", valueName: "n"))
  var repeats: Int = 9

  @Option(help: "Method of 3x3 convolutions: winograd, im2col, or auto (chosen by shape).")
  var convolution: ConvolutionMethod = .auto

  @Option(
    help: "Precision of the factors of matrix products: float32 or bfloat16 (see train --help).")
  var precision: Precision = .float32

  @Flag(help: "Print the report as JSON, with the seconds of every repeat.")
  var json = false

  func validate() throws {
    try ModelChoice(model: model, hidden: hidden).validate()
    for (option, value, largest) in [
      ("--batch-size", batchSize, 8192), ("--threads", threads, 4096), ("--repeats", repeats, 1000),
    ] where !(1...largest).contains(value) {
      throw ValidationError("\(option) \(value): expected a number from 1 to \(largest)")
    }
    guard OpenBLASEngine.supports(precision) else {
      throw ValidationError(
        "--precision \(precision.rawValue): this processor has no instructions for it; use float32")
    }
  }

  mutating func run() throws {
    let network: Model
    do {
      network = try ModelChoice(model: model, hidden: hidden).make(
        height: image.height, width: image.width, channels: image.channels, classes: 10)
    } catch let error as ModelError {
      throw ValidationError("\(error)")
    }
    let limits = MachineLimits.measure(threads: threads, repeats: repeats)
    let profile = EngineProfile.measure(
      network, optimizer: .adam, batch: batchSize, threads: threads, convolution: convolution,
      precision: precision, repeats: repeats)
    let report = BenchReport(
      work: work(network, profile), host: Self.host(limits), limits: BenchLine.lines(of: limits),
      parts: BenchLine.parts(of: profile, network, batch: batchSize),
      step: BenchLine(
        name: "step", repeats: profile.steps,
        gflop: Double(network.trainingFLOP * batchSize) * 1e-9))
    print(json ? try report.json() : BenchTable.text(report))
  }

  private func work(_ network: Model, _ profile: EngineProfile) -> BenchReport.Work {
    BenchReport.Work(
      model: network.name, layers: network.text, image: image.description,
      parameters: ParameterLayout(of: network).count,
      batch: batchSize, threads: threads, optimizer: Optimizer.Kind.adam.rawValue,
      convolution: convolution.rawValue, precision: precision.rawValue, repeats: repeats,
      stepsPerRepeat: profile.stepsPerRepeat, warmUpSteps: profile.warmUpSteps)
  }

  private static func host(_ limits: MachineLimits) -> BenchReport.Host {
    let cores = HostFacts.allowedCores()
    return BenchReport.Host(
      cpu: HostFacts.cpuName(), cores: HostFacts.onlineCores(), allowedCores: cores,
      binding: HostFacts.bindingClass(of: cores), blas: BLAS.version, blasKernel: BLAS.kernel,
      instructionSet: limits.instructionSet, clockGHz: SampleStatistics.median(limits.clock) ?? 0)
  }
}
