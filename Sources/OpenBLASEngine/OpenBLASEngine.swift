import NeuralNetwork
internal import VectorKernels

/// An engine that computes training steps on the CPU, with OpenBLAS and VectorKernels.
///
/// A batch is cut into leaves. Each leaf is computed by one worker thread, which calls OpenBLAS
/// single-threaded, and the gradients of the leaves are added in a fixed tree. After `attach` the
/// engine cuts a batch into one leaf for each thread: the same number of threads gives the same
/// bits on every run. After `take` the caller cuts, and the bits do not depend on the number of
/// threads. All large buffers are allocated in `attach` and `take`, none in a step.
public final class OpenBLASEngine: LeafwiseEngine {
  public let device = "cpu"
  /// Number of worker threads, including the caller's.
  public let threads: Int
  let model: Model
  let layout: ParameterLayout
  let optimizer: Optimizer
  let plan: Plan
  let team: WorkerTeam
  var attachment: Attachment?
  /// How updates write parameters that other cores read, too.
  var sharedWriting = SharedWriting()

  /// The samples and buffers passed to `attach`, and the memory allocated for them.
  struct Attachment {
    let samples: Samples
    let buffers: ModelBuffers
    let weights: Weights
    /// One part for each thread.
    let parts: [Part]
    /// Runs a batch that the engine cuts into leaves; nil with one thread, and after `take`.
    let ownCut: LeafRunner?
  }

  /// Runs the leaves of the share passed to `take`; nil before.
  var taken: LeafRunner?

  /// Creates an engine for `model`; `attach` must be called before any other method.
  ///
  /// - Parameters:
  ///   - threads: number of cores to keep busy.
  ///   - convolution: how 3 x 3 convolutions are computed.
  ///   - precision: one that this processor `supports`. With bfloat16 the factors of the products of
  ///     fully connected layers are rounded, where inputs and outputs are multiples of 16 and the
  ///     layer has at least 32 outputs; all else is computed in single precision.
  public init(
    model: Model, optimizer: Optimizer, threads: Int = 1, convolution: ConvolutionMethod = .auto,
    precision: Precision = .float32
  ) {
    precondition(threads > 0, "\(threads) threads")
    precondition(Self.supports(precision), "\(precision.rawValue) on this processor")
    self.model = model
    self.optimizer = optimizer
    self.threads = threads
    layout = ParameterLayout(of: model)
    plan = Plan(model, method: convolution, precision: precision)
    BLAS.useOneThread()
    team = WorkerTeam(count: threads)
    team.run { _ in BLAS.touchPackingMemory() }
  }

  public func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) {
    precondition(
      buffers.parameters.count >= layout.count,
      "\(buffers.parameters.count) parameters passed, \(layout.count) needed")
    precondition(
      buffers.optimizerState.count >= buffers.stateRange.count * optimizer.statesPerParameter,
      "\(buffers.optimizerState.count) numbers of optimizer state passed, "
        + "\(buffers.stateRange.count * optimizer.statesPerParameter) needed")
    samples.check(for: model)
    guard let parameters = buffers.parameters.baseAddress else { return }
    let capacity = max((largestBatch + threads - 1) / threads, Self.evaluationBatch)
    taken = nil
    attachment = Attachment(
      samples: samples, buffers: buffers, weights: Weights(plan, parameters: parameters),
      parts: makeParts(capacity: capacity),
      ownCut: threads == 1
        ? nil
        : LeafRunner(
          LeafShare(0..<threads, of: SumTree(leafCount: threads)), workers: threads,
          parameterCount: layout.count))
  }

  /// Whether this processor computes products with factors of that precision.
  public static func supports(_ precision: Precision) -> Bool {
    switch precision {
    case .float32: true
    case .tf32: false
    case .bfloat16: vk_has_bfloat16() != 0
    }
  }

  func makeParts(capacity: Int) -> [Part] {
    (0..<threads).map { _ in Part(plan, capacity: capacity) }
  }

  /// The attachment; it is a caller's error if there is none.
  var attached: Attachment {
    guard let attachment else { preconditionFailure("attach before anything else") }
    return attachment
  }

  public func publishParameters() {}
}
