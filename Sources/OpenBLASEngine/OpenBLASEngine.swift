import NeuralNetwork
internal import VectorKernels

/// Training steps on the CPU: OpenBLAS and small products of its own, vector kernels for the rest.
///
/// A batch is cut into leaves, which workers compute with a single thread of OpenBLAS each and which
/// are added in a fixed tree. By itself the engine cuts it into as many as it has threads: the same
/// number of threads gives the same bits on every run. Where the caller cuts (`take`), the bits do not
/// depend on the threads either. Nothing is allocated after `attach` and `take`.
public final class OpenBLASEngine: LeafwiseEngine {
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
    /// One for each thread.
    let parts: [Part]
    /// Of a batch that the engine cuts by itself; nil where one thread computes it whole.
    let ownCut: LeafRunner?
  }

  /// The leaves that `take` was given.
  var taken: LeafRunner?

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
    taken = nil
    lent = Attachment(
      samples: samples, buffers: buffers, weights: Weights(plan, parameters: parameters),
      parts: makeParts(capacity: capacity),
      ownCut: threads == 1
        ? nil
        : LeafRunner(
          LeafShare(0..<threads, of: SumTree(leafCount: threads)), workers: threads,
          parameterCount: layout.count))
  }

  func makeParts(capacity: Int) -> [Part] {
    (0..<threads).map { _ in Part(plan, capacity: capacity) }
  }

  var attached: Attachment {
    guard let lent else { preconditionFailure("attach before anything else") }
    return lent
  }

  public func publishParameters() {}
}
