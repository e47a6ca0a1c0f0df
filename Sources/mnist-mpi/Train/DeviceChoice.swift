import CUDAEngine
import DataParallel
import Foundation
import MessagePassing
import NeuralNetwork
import OpenBLASEngine
import SystemSupport

/// The devices of a run's ranks: all ranks compute on their CPUs, or each on a GPU.
struct DeviceChoice {
  /// This rank's GPU; nil on the CPU.
  let gpu: CUDADevice?
  /// The device of this rank in its record: `cpu`, or `cuda` followed by the identity of one GPU.
  let text: String
  /// The devices of all ranks, for the first line of a run.
  let summary: String
  /// Precision of the factors of matrix products.
  let precision: Precision
  /// Why the ranks compute on the CPU; nil on GPUs, and if the CPU was requested.
  let reasonForCPU: String?

  /// The kind of device, the same on all ranks.
  var kind: String { gpu == nil ? "cpu" : "cuda" }

  /// All ranks compute on their CPUs.
  ///
  /// - Parameter hasGPU: whether any host seems to have a GPU; the summary contains the reason only
  ///   then.
  private init(precision: Precision, reasonForCPU: String?, hasGPU: Bool) {
    gpu = nil
    self.precision = precision
    text = "cpu"
    self.reasonForCPU = reasonForCPU
    let shown = hasGPU ? reasonForCPU : nil
    summary = "cpu" + (shown.map { " (\($0))" } ?? "")
  }

  /// All ranks compute on GPUs.
  private init(gpu: CUDADevice, precision: Precision, text: String, summary: String) {
    self.gpu = gpu
    self.precision = precision
    self.text = text
    self.summary = summary
    reasonForCPU = nil
  }

  /// Chooses the device by the options of a run; called by all ranks, which get the same kind.
  ///
  /// - Throws: `AgreedError` if the options exclude each other or the device is not available.
  static func make(
    _ communicator: Communicator, work: WorkOptions, options: RunOptions
  ) throws -> DeviceChoice {
    try make(
      communicator, options.device, precision: work.precision, cpuOption: cpuOption(options),
      gpuOption: gpuOption(options))
  }

  /// Opens this rank's GPU if the request allows one; called by all ranks, which get the same kind.
  ///
  /// A rank uses the GPU with the rank's index on its node, modulo the number of GPUs.
  /// - Parameters:
  ///   - cpuOption: an option that was given and works only on the CPU.
  ///   - gpuOption: an option that was given and works only on GPUs.
  /// - Throws: `AgreedError` if an option excludes the device or a requested GPU is not available.
  static func make(
    _ communicator: Communicator, _ requested: DeviceName, precision: Precision = .float32,
    cpuOption: String? = nil, gpuOption: String? = nil
  ) throws -> DeviceChoice {
    if requested == .cuda, let cpuOption {
      throw AgreedError(
        "\(cpuOption) with --device cuda: it works only on the CPU; leave one of them out"
          + (cpuOption == "--sync node" ? " (GPUs exchange gradients by --sync allreduce)" : ""),
        exitCode: ExitCode.usage)
    }
    let environment = ProcessInfo.processInfo.environment
    func cpu(because reason: String?) throws -> DeviceChoice {
      if let gpuOption { try refuse("\(gpuOption): it works only on GPUs", reason) }
      if precision == .tf32 {
        try refuse("--precision tf32: the CPU computes in float32 or bfloat16", reason)
      }
      if let host = try hostWithout(precision, communicator) {
        try refuse(
          "--precision \(precision.rawValue): the processor of \(host) has no instructions for it "
            + "(AVX512_BF16)", reason)
      }
      let hasGPU =
        try communicator.allReduce(GPUEvidence.isFound(environment: environment) ? 1 : 0, .max) == 1
      return DeviceChoice(precision: precision, reasonForCPU: reason, hasGPU: hasGPU)
    }
    if requested == .cpu { return try cpu(because: nil) }
    if let cpuOption { return try cpu(because: "\(cpuOption) works only on the CPU") }
    let indexOnNode = try communicator.splitByNode().rank
    let found = Result {
      try CUDADevice(place: indexOnNode, precision: precision, environment: environment)
    }
    guard let reason = try failure(found, communicator) else {
      return try cuda(found.get(), precision, communicator)
    }
    guard requested == .auto else {
      throw AgreedError(
        "--device cuda: not available: \(reason); use --device cpu or leave it out",
        exitCode: ExitCode.usage)
    }
    return try cpu(because: "no CUDA: \(reason)")
  }

  /// Throws the error for an option that the CPU does not support.
  private static func refuse(_ problem: String, _ reason: String?) throws -> Never {
    throw AgreedError(
      problem + (reason.map { " (\($0))" } ?? "")
        + "; leave it out or use --device cuda on a GPU", exitCode: ExitCode.usage)
  }

  /// The host of the first rank whose processor does not support a precision; nil if all do.
  private static func hostWithout(
    _ precision: Precision, _ communicator: Communicator
  ) throws -> String? {
    let lacking = OpenBLASEngine.supports(precision) ? "" : communicator.processorName
    return try communicator.allGather(lacking).first { !$0.isEmpty }
  }

  /// The first option that was given and works only on the CPU.
  private static func cpuOption(_ options: RunOptions) -> String? {
    if options.reproducible { return "--reproducible" }
    if options.sync == .method(.node) { return "--sync node" }
    if options.convolution != .auto { return "--convolution \(options.convolution.rawValue)" }
    return nil
  }

  /// The first option that was given and works only on GPUs.
  private static func gpuOption(_ options: RunOptions) -> String? {
    if options.sync == .method(.cudaAware) { return "--sync cuda-aware" }
    return options.bucketKib.map { "--bucket-kib \($0)" }
  }

  /// The reason of the first rank that has no GPU; nil if all ranks have one.
  private static func failure(
    _ found: Result<CUDADevice, any Error>, _ communicator: Communicator
  ) throws -> String? {
    var reason = ""
    if case .failure(let error) = found { reason = "\(error)" }
    let reasons = try communicator.allGather(reason)
    let hosts = try communicator.allGather(communicator.processorName)
    guard let first = reasons.firstIndex(where: { !$0.isEmpty }) else { return nil }
    // If no rank has a GPU, rank 0's reason represents all.
    if reasons.allSatisfy({ !$0.isEmpty }) { return reasons[first] }
    return "rank \(first) (\(hosts[first])): \(reasons[first])"
  }

  /// The choice of GPUs, with a summary that counts equal GPUs and reports shared ones.
  private static func cuda(
    _ gpu: CUDADevice, _ precision: Precision, _ communicator: Communicator
  ) throws -> DeviceChoice {
    let names = try communicator.allGather(gpu.text)
    let identities = try communicator.allGather(gpu.uuid)
    let ranksOnThisGPU = identities.filter { $0 == gpu.uuid }.count
    let distinct = Set(identities)
    let kinds = Dictionary(grouping: distinct) { identity in
      identities.firstIndex(of: identity).map { names[$0] } ?? ""
    }
    let list = kinds.keys.sorted().map { name in
      let count = kinds[name]?.count ?? 0
      return count > 1 ? "\(count) x \(name)" : name
    }
    var summary = "cuda (\(list.joined(separator: ", "))"
    if distinct.count < communicator.size {
      summary +=
        "; shared device: \(communicator.size) ranks on \(distinct.count) "
        + (distinct.count == 1 ? "GPU" : "GPUs")
    }
    return DeviceChoice(
      gpu: gpu, precision: precision,
      text: "cuda GPU-\(gpu.uuid.prefix(8)) \(gpu.name)"
        + (ranksOnThisGPU > 1 ? ", shared device" : ""),
      summary: summary + ")")
  }

  /// The engine on this rank's device, and the number of threads that it keeps busy.
  func engine(
    _ model: Model, _ optimizer: Optimizer, threads: Int, convolution: ConvolutionMethod
  ) throws -> (any Engine, threads: Int) {
    if let gpu { return (try CUDAEngine(model: model, optimizer: optimizer, on: gpu), 1) }
    let engine = OpenBLASEngine(
      model: model, optimizer: optimizer, threads: threads, convolution: convolution,
      precision: precision)
    return (engine, engine.threads)
  }
}
