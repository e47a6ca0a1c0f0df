import CUDAEngine
import DataParallel
import Foundation
import MessagePassing
import NeuralNetwork
import OpenBLASEngine
import SystemSupport

/// What the ranks of a run compute on: all on their CPUs, or each on a GPU.
struct DeviceChoice {
  /// This rank's GPU; nil on the CPU.
  let gpu: CUDADevice?
  /// What this rank computes on, as its record has it: `cpu`, or a text that begins with `cuda` and names
  /// one GPU.
  let text: String
  /// What all ranks compute on, for people.
  let summary: String

  /// The kind of device, the same on all ranks.
  var kind: String { gpu == nil ? "cpu" : "cuda" }

  /// What the options of a run ask for; called by all ranks, which come to the same kind.
  ///
  /// - Throws: `AgreedError` where the wishes cannot be met.
  static func make(
    _ communicator: Communicator, work: WorkOptions, options: RunOptions
  ) throws -> DeviceChoice {
    try make(
      communicator, options.device, precision: work.precision, forCPU: optionForCPU(options),
      forGPU: optionForGPU(options))
  }

  /// Looks for a GPU where one is wished for; called by all ranks, which come to the same kind.
  ///
  /// A rank takes the GPU of its place on its node, modulo their number.
  /// - Parameters:
  ///   - forCPU: an option that was given and that only the CPU knows.
  ///   - forGPU: an option that was given and that only GPUs know.
  /// - Throws: `AgreedError` where the wishes cannot be met.
  static func make(
    _ communicator: Communicator, _ wish: DeviceName, precision: Precision = .float32,
    forCPU: String? = nil, forGPU: String? = nil
  ) throws -> DeviceChoice {
    if wish == .cuda, let forCPU {
      throw AgreedError(
        "\(forCPU) with --device cuda: it is for the CPU; leave one of them out"
          + (forCPU == "--sync node" ? " (gradients of GPUs meet by --sync allreduce)" : ""),
        exitCode: ExitCode.usage)
    }
    guard wish != .cpu, forCPU == nil else {
      return try cpu(
        precision, because: wish == .auto ? forCPU.map { "\($0) is for it" } : nil, forGPU: forGPU)
    }
    let place = try communicator.splitByNode().rank
    let found = Result {
      try CUDADevice(
        place: place, precision: precision, environment: ProcessInfo.processInfo.environment)
    }
    if let lack = try lack(found, communicator) {
      guard wish == .auto else {
        throw AgreedError(
          "--device cuda: not available: \(lack); use --device cpu or leave it out",
          exitCode: ExitCode.usage)
      }
      return try cpu(precision, because: "no CUDA: \(lack)", forGPU: forGPU)
    }
    return try cuda(found.get(), communicator)
  }

  /// The first option whose value only the CPU knows.
  private static func optionForCPU(_ options: RunOptions) -> String? {
    if options.reproducible { return "--reproducible" }
    if options.sync == .method(.node) { return "--sync node" }
    if options.convolution != .auto { return "--convolution \(options.convolution.rawValue)" }
    return nil
  }

  /// The first option whose value only GPUs know.
  private static func optionForGPU(_ options: RunOptions) -> String? {
    if options.sync == .method(.cudaAware) { return "--sync cuda-aware" }
    return options.bucketKib.map { "--bucket-kib \($0)" }
  }

  private static func cpu(
    _ precision: Precision, because reason: String?, forGPU: String?
  ) throws -> DeviceChoice {
    if let forGPU {
      throw AgreedError(
        "\(forGPU): it is for ranks on GPUs" + (reason.map { " (\($0))" } ?? "")
          + "; leave it out or use --device cuda on a GPU", exitCode: ExitCode.usage)
    }
    guard precision == .float32 else {
      throw AgreedError(
        "--precision \(precision.rawValue): the CPU computes in float32 only"
          + (reason.map { " (\($0))" } ?? "") + "; leave it out or use --device cuda on a GPU",
        exitCode: ExitCode.usage)
    }
    return DeviceChoice(gpu: nil, text: "cpu", summary: "cpu" + (reason.map { " (\($0))" } ?? ""))
  }

  /// Why not all ranks have a GPU, in the words of the first that has none; nil where all have.
  private static func lack(
    _ found: Result<CUDADevice, any Error>, _ communicator: Communicator
  ) throws -> String? {
    var reason = ""
    if case .failure(let error) = found { reason = "\(error)" }
    let reasons = try communicator.allGather(Array(reason.utf8))
    let hosts = try communicator.allGather(Array(communicator.processorName.utf8))
    guard let first = reasons.firstIndex(where: { !$0.isEmpty }) else { return nil }
    let text = String(decoding: reasons[first], as: UTF8.self)
    // Where none has one, what rank 0 says is what all say.
    if reasons.allSatisfy({ !$0.isEmpty }) { return text }
    return "rank \(first) (\(String(decoding: hosts[first], as: UTF8.self))): \(text)"
  }

  private static func cuda(
    _ gpu: CUDADevice, _ communicator: Communicator
  ) throws -> DeviceChoice {
    let names = try communicator.allGather(Array(gpu.text.utf8))
      .map { String(decoding: $0, as: UTF8.self) }
    let identities = try communicator.allGather(Array(gpu.uuid.utf8))
    let sharers = identities.filter { $0 == Array(gpu.uuid.utf8) }.count
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
      gpu: gpu,
      text: "cuda GPU-\(gpu.uuid.prefix(8)) \(gpu.name)" + (sharers > 1 ? ", shared device" : ""),
      summary: summary + ")")
  }

  /// The engine on this rank's device, and how many threads it keeps busy.
  func engine(
    _ model: Model, _ optimizer: Optimizer, threads: Int, convolution: ConvolutionMethod
  ) throws -> (any Engine, threads: Int) {
    if let gpu { return (try CUDAEngine(model: model, optimizer: optimizer, on: gpu), 1) }
    let engine = OpenBLASEngine(
      model: model, optimizer: optimizer, threads: threads, convolution: convolution)
    return (engine, engine.threads)
  }
}
