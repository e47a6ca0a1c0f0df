import DataParallel
import MessagePassing
import NeuralNetwork
import SystemSupport

/// The gradient exchange method of a run, and why it was chosen.
struct ExchangeChoice {
  let method: SyncMethod
  /// The methods that were measured, the chosen one first; empty if none was measured.
  var trials: [SyncTrial] = []
  /// Why gradients of GPUs are exchanged through memory of the host.
  ///
  /// Nil if they are exchanged in the memory of GPUs, or if the user requested `allreduce`.
  var hostMemoryReason: String?

  /// Chooses the exchange method by the option `--sync`; called by all ranks.
  ///
  /// - Parameter requested: the value of `--sync`; nil if the option is not given.
  /// - Throws: `AgreedError` if the requested method is not available.
  static func make(
    _ requested: SyncOption?, _ job: TrainingJob, onGPU: Bool
  ) throws -> ExchangeChoice {
    let communicator = job.communicator
    func fastest(of methods: [SyncMethod]) throws -> ExchangeChoice {
      let trials = communicator.size > 1 ? try Trainer.compare(methods, on: job) : []
      return ExchangeChoice(method: trials.first?.method ?? methods[0], trials: trials)
    }
    guard onGPU else {
      switch requested {
      case nil: return ExchangeChoice(method: .allReduce)
      case .method(let method): return ExchangeChoice(method: method)
      case .auto: return try fastest(of: SyncMethod.onCPU)
      }
    }
    // One rank exchanges nothing.
    guard communicator.size > 1, requested != .method(.allReduce) else {
      return ExchangeChoice(method: .allReduce)
    }
    let reason = try DeviceMemoryTrial.obstacle(over: communicator, engine: job.engine)
    switch (requested, reason) {
    case (.method(.cudaAware), let reason?):
      throw AgreedError(
        "--sync cuda-aware: not available: \(reason); use --sync allreduce or leave it out",
        exitCode: ExitCode.usage)
    case (.auto, nil): return try fastest(of: [.allReduce, .cudaAware])
    case (_, nil): return ExchangeChoice(method: .cudaAware)
    case (_, let reason): return ExchangeChoice(method: .allReduce, hostMemoryReason: reason)
    }
  }

  /// A string such as `node (tried, a step: node 5.61 ms, allreduce 6.02 ms)`.
  var text: String {
    var tried = trials.map(\.text).joined(separator: ", ")
    if trials.count > 1, trials[1].stepSeconds < trials[0].stepSeconds {
      tried += "; \(trials[1].method.rawValue) is not faster beyond noise"
    }
    return method.rawValue + (tried.isEmpty ? "" : " (tried, a step: \(tried))")
      + (hostMemoryReason.map { " through memory of the host (\($0))" } ?? "")
  }
}
