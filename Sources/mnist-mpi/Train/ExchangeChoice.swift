import DataParallel
import MessagePassing
import NeuralNetwork
import SystemSupport

/// How the ranks of a run bring their gradients together, and why so.
struct ExchangeChoice {
  let method: SyncMethod
  /// The ways that were tried, the fastest first; none where there was no choice.
  var trials: [SyncTrial] = []
  /// Why GPUs' gradients go through memory of the host; nil where they do not, or nobody asked.
  var lack: String?

  /// What `--sync` comes to on these ranks; called by all of them.
  ///
  /// - Parameter tryAll: tries ways of exchange, and has the fastest first.
  /// - Throws: `AgreedError` where the way that is named cannot be had.
  static func make(
    _ wish: SyncOption?, _ communicator: Communicator, engine: any Engine, onGPU: Bool,
    tryAll: ([SyncMethod]) throws -> [SyncTrial]
  ) throws -> ExchangeChoice {
    func fastest(of methods: [SyncMethod]) throws -> ExchangeChoice {
      let trials = communicator.size > 1 ? try tryAll(methods) : []
      return ExchangeChoice(method: trials.first?.method ?? methods[0], trials: trials)
    }
    guard onGPU else {
      switch wish {
      case nil: return ExchangeChoice(method: .allReduce)
      case .method(let method): return ExchangeChoice(method: method)
      case .auto: return try fastest(of: SyncMethod.onCPU)
      }
    }
    // One rank exchanges nothing.
    guard communicator.size > 1, wish != .method(.allReduce) else {
      return ExchangeChoice(method: .allReduce)
    }
    let lack = try DeviceMemoryTrial.lack(over: communicator, engine: engine)
    switch (wish, lack) {
    case (.method(.cudaAware), let lack?):
      throw AgreedError(
        "--sync cuda-aware: not available: \(lack); use --sync allreduce or leave it out",
        exitCode: ExitCode.usage)
    case (.auto, nil): return try fastest(of: [.allReduce, .cudaAware])
    case (_, nil): return ExchangeChoice(method: .cudaAware)
    case (_, let lack): return ExchangeChoice(method: .allReduce, lack: lack)
    }
  }

  /// Such as `node (tried, a step: node 5.61 ms, allreduce 6.02 ms)`.
  var text: String {
    let tried = trials.map(\.text).joined(separator: ", ")
    return method.rawValue + (tried.isEmpty ? "" : " (tried, a step: \(tried))")
      + (lack.map { " through memory of the host (\($0))" } ?? "")
  }
}
