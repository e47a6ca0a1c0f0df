import NeuralNetwork
internal import VectorKernels

/// Training steps on the CPU: OpenBLAS and small products of its own, vector kernels for the rest.
///
/// A batch is cut into as many parts as there are threads; each worker computes one with a single
/// thread of OpenBLAS. The same number of threads gives the same bits on every run. Nothing is
/// allocated after `attach`.
public final class OpenBLASEngine: Engine {
  public let device = "cpu"
  /// Number of worker threads, the caller's included.
  public let threads: Int
  let model: Model
  let layout: ParameterLayout
  let optimizer: Optimizer
  let plan: Plan
  let team: WorkerTeam
  var lent: Attachment?

  /// What `attach` was given, and the memory made for it.
  struct Attachment {
    let samples: Samples
    let buffers: ModelBuffers
    let weights: Weights
    let parts: [Part]
  }

  /// An engine for `model`, to be attached to samples and buffers.
  ///
  /// - Parameters:
  ///   - threads: how many cores it shall keep busy.
  ///   - convolution: how 3 x 3 convolutions are computed.
  public init(
    model: Model, optimizer: Optimizer, threads: Int = 1, convolution: ConvolutionMethod = .auto
  ) {
    precondition(threads > 0, "\(threads) threads")
    self.model = model
    self.optimizer = optimizer
    self.threads = threads
    layout = ParameterLayout(of: model)
    plan = Plan(model, method: convolution)
    BLAS.useOneThread()
    team = WorkerTeam(count: threads)
    team.run { _ in BLAS.touchPackingMemory() }
  }

  public func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) {
    precondition(
      buffers.parameters.count >= layout.count,
      "\(buffers.parameters.count) parameters lent, \(layout.count) needed")
    precondition(
      buffers.optimizerState.count >= buffers.stateRange.count * optimizer.statesPerParameter,
      "\(buffers.optimizerState.count) numbers of optimizer state lent, "
        + "\(buffers.stateRange.count * optimizer.statesPerParameter) needed")
    guard let parameters = buffers.parameters.baseAddress else { return }
    let capacity = max((largestBatch + threads - 1) / threads, Self.evaluationBatch)
    lent = Attachment(
      samples: samples, buffers: buffers, weights: Weights(plan, parameters: parameters),
      parts: (0..<threads).map {
        Part(plan, capacity: capacity, parameterCount: layout.count, isFirst: $0 == 0)
      })
  }

  var attached: Attachment {
    guard let lent else { preconditionFailure("attach before anything else") }
    return lent
  }

  public func publishParameters() {}
}
