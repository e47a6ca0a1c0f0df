import ArgumentParser
import Benchmarks
import CUDAEngine
import Dataset
import Foundation
import NeuralNetwork
import OpenBLASEngine
import SystemSupport

/// `mnist-mpi bench gpu`: checks that a GPU computes correctly and measures its speed.
struct BenchGPUCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gpu",
    abstract:
      "Check a GPU's kernels against the CPU; measure copies, CUDA graphs, products and steps.",
    discussion: """
      Needs neither MPI nor data: the images are noise, by default of MNIST's size. The exit code is 1 if a \
      check fails. It is 69 if there is no GPU; then the reason is printed. Keep the machine \
      otherwise idle, so that the figures are valid.
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Index of the GPU among the visible GPUs.", valueName: "n"))
  var gpu: Int = 0

  @Option(
    help: ArgumentHelp(
      "Network to measure: cnn, mlp, or a list of layers; repeatable (default: cnn and mlp).",
      valueName: "name or layers"))
  var model: [String] = []

  @Option(
    help: ArgumentHelp(
      "Shape of the generated images; 1 to 4 channels.", valueName: "rows x columns [x channels]"))
  var image: ImageShape = .mnist

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Samples of a step; repeatable (default: 64 and 512).", valueName: "samples")
  )
  var batchSize: [Int] = []

  @Option(help: "Precision of the factors of matrix products: float32, tf32 or bfloat16.")
  var precision: Precision = .float32

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of measurements; their median is reported.", valueName: "n"))
  var repeats: Int = 9

  @Flag(help: "Check only small networks.")
  var quick = false

  @Option(
    help: ArgumentHelp(
      "Run only this part: checks, limits (copies, graphs), steps or products (default: all).",
      valueName: "part"))
  var only: Part?

  @Flag(help: "Print the report as JSON.")
  var json = false

  /// A part of the bench.
  enum Part: String, CaseIterable, ExpressibleByArgument {
    case checks
    case limits
    case steps
    case products
  }

  func validate() throws {
    for (option, value, range) in [
      ("--gpu", gpu, 0...1023), ("--repeats", repeats, 1...1000),
    ] + batchSize.map({ ("--batch-size", $0, 1...65_536) }) where !range.contains(value) {
      throw ValidationError(
        "\(option) \(value): expected a number from \(range.lowerBound) to \(range.upperBound)")
    }
    for text in model { try ModelChoice(model: text, hidden: nil).validate() }
  }

  mutating func run() throws {
    let networks = try self.networks()
    let device: CUDADevice
    do {
      device = try CUDADevice(
        place: gpu, precision: precision, environment: ProcessInfo.processInfo.environment)
    } catch {
      print("no GPU: \(error)")
      throw ArgumentParser.ExitCode(SystemSupport.ExitCode.unavailable)
    }
    guard device.ordinal == gpu else {
      throw ValidationError("--gpu \(gpu): there are \(device.visibleDevices) GPUs, counted from 0")
    }
    say(
      "GPU: \(device.text), compute capability \(device.capability), "
        + "\(device.processors) multiprocessors; \(device.versions); "
        + "ready after \(Self.fixed(device.startSeconds, 2)) s")
    say("Precision of products: \(precision.rawValue)")
    var report = GPUReport(
      device: device.text, capability: "\(device.capability)", versions: "\(device.versions)",
      precision: precision.rawValue, repeats: repeats, startSeconds: device.startSeconds)
    if includes(.checks) { report.checks = try check(device) }
    let bench = DeviceBench(device, repeats: repeats)
    if includes(.limits) { report.limits = try limits(bench) }
    if includes(.steps) || includes(.products) {
      for network in networks {
        for batch in batchSize.isEmpty ? [64, 512] : batchSize {
          report.networks.append(try measure(bench, device, network, batch))
        }
      }
    }
    if json { print(try report.json()) }
    if report.checks.contains(where: { !$0.isGood }) { throw ArgumentParser.ExitCode.failure }
  }

  private func includes(_ part: Part) -> Bool { only == nil || only == part }

  /// Prints a line immediately, unless the report is printed as JSON.
  private func say(_ line: String) {
    if json { return }
    print(line)
    fflush(nil)
  }

  /// Runs all checks and prints each result immediately.
  private func check(_ device: CUDADevice) throws -> [GPUReport.Check] {
    say("\nChecks against the CPU: error, bound")
    var checks: [GPUReport.Check] = []
    let test = SelfTest(device) { model, optimizer in
      OpenBLASEngine(model: model, optimizer: optimizer, threads: Self.threads)
    }
    try test.run(isQuick: quick) { finding in
      checks.append(
        GPUReport.Check(
          name: finding.name, error: finding.error.isFinite ? finding.error : nil,
          bound: finding.bound, isGood: finding.isGood))
      say(
        "  \(finding.isGood ? "ok    " : "FAILED") "
          + "\(Self.scientific(finding.error)) \(Self.scientific(finding.bound))  \(finding.name)")
    }
    say("Checks: \(checks.count(where: \.isGood)) of \(checks.count) passed")
    return checks
  }

  private static let threads = min(ProcessInfo.processInfo.activeProcessorCount, 16)

  private func networks() throws -> [Model] {
    do {
      return try (model.isEmpty ? ["cnn", "mlp"] : model).map {
        try ModelChoice(model: $0, hidden: nil).make(
          height: image.height, width: image.width, channels: image.channels, classes: 10)
      }
    } catch let error as ModelError {
      throw ValidationError("\(error)")
    }
  }

  private func limits(_ bench: DeviceBench) throws -> GPUReport.Limits {
    let copies = try bench.copyRates()
    say(
      "\nCopies of 64 MiB: to the GPU \(Self.fixed(copies.toDevice * 1e-9, 1)) GB/s, "
        + "to the host \(Self.fixed(copies.toHost * 1e-9, 1)) GB/s")
    let graph = try bench.graphSeconds()
    say(
      "Graphs: \(Self.fixed(graph.node * 1e6, 2)) us a kernel, "
        + "\(Self.fixed(graph.launch * 1e6, 1)) us for one with a single kernel")
    return GPUReport.Limits(
      bytesPerSecondToDevice: copies.toDevice, bytesPerSecondToHost: copies.toHost,
      graphNodeSeconds: graph.node, graphLaunchSeconds: graph.launch)
  }

  private func measure(
    _ bench: DeviceBench, _ device: CUDADevice, _ network: Model, _ batch: Int
  ) throws -> GPUReport.Network {
    var report = GPUReport.Network(
      model: network.name, image: image.description, batch: batch)
    say("\n\(network.name), images \(image), batch \(batch)")
    if includes(.steps) {
      let step = try bench.stepSeconds(network, batch: batch)
      (report.graphStepSeconds, report.hostStepSeconds) = (step.graphs, step.host)
      report.kernelsOfStep = step.kernels
      say("  steps in graphs:        \(Self.rate(step.graphs, batch)), \(step.kernels) kernels")
      say("  steps through the host: \(Self.rate(step.host, batch))")
    }
    if includes(.products) { report.products = try products(bench, device, network, batch) }
    return report
  }

  private func products(
    _ bench: DeviceBench, _ device: CUDADevice, _ network: Model, _ batch: Int
  ) throws -> [GPUReport.Product] {
    let kernelTimes = try bench.products(network, batch: batch, .own)
    let libraryTimes =
      device.hasCUBLAS ? try bench.products(network, batch: batch, .cublas) : kernelTimes
    return zip(kernelTimes, libraryTimes).map { kernel, library in
      let isCUBLAS = library.cut == "cuBLAS"
      say(
        "  \(Self.padded(kernel.name, 24)) \(Self.time(kernel))  \(Self.padded(kernel.cut, 22))"
          + (isCUBLAS ? " cuBLAS \(Self.time(library))" : ""))
      return GPUReport.Product(
        name: kernel.name, flop: kernel.flop, cut: kernel.cut, seconds: kernel.seconds,
        cublasSeconds: isCUBLAS ? library.seconds : nil)
    }
  }

  private static func rate(_ seconds: Double, _ batch: Int) -> String {
    "\(fixed(seconds * 1e6, 1)) us a step, \(fixed(Double(batch) / seconds, 0)) images/s"
  }

  private static func time(_ product: DeviceBench.ProductTime) -> String {
    padded(fixed(product.seconds * 1e6, 2), 9, left: false) + " us "
      + padded(fixed(product.flop / product.seconds * 1e-9, 0), 7, left: false) + " GFLOP/s"
  }

  private static func padded(_ text: String, _ width: Int, left: Bool = true) -> String {
    let spaces = String(repeating: " ", count: max(0, width - text.count))
    return left ? text + spaces : spaces + text
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  private static func scientific(_ value: Double) -> String { String(format: "%.1e", value) }
}
