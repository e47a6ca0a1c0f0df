/// The flat buffers of a replica, lent to an engine by whoever owns the memory.
public struct ModelBuffers {
  /// All parameters, as `ParameterLayout` places them.
  public let parameters: UnsafeMutableBufferPointer<Float>
  /// Optimizer state: `statesPerParameter` buffers of the size of `stateRange`, one after the other.
  public let optimizerState: UnsafeMutableBufferPointer<Float>
  /// The parameters whose state is lent: only these can be updated.
  public let stateRange: Range<Int>

  /// Lends buffers of the sizes that the layout and the optimizer ask for.
  ///
  /// - Parameter stateRange: nil where state is kept for all parameters.
  public init(
    parameters: UnsafeMutableBufferPointer<Float>,
    optimizerState: UnsafeMutableBufferPointer<Float>, stateRange: Range<Int>? = nil
  ) {
    self.parameters = parameters
    self.optimizerState = optimizerState
    self.stateRange = stateRange ?? 0..<parameters.count
  }
}

/// What one call of `computeGradients` found besides the gradients.
public struct BatchOutcome: Equatable, Sendable {
  /// Sum of the samples' losses, not their mean.
  public var lossSum = 0.0
  /// Number of samples whose largest output is the label's.
  public var correct = 0
  /// Seconds spent in fetching and normalising the batch.
  public var loadSeconds = 0.0
  /// Seconds spent from the inputs to the loss.
  public var forwardSeconds = 0.0
  /// Seconds spent from the loss to the last gradient.
  public var backwardSeconds = 0.0

  /// The outcome of an empty batch.
  public init() {}
}

/// Loss and hits over a set of samples, in sums that ranks can add up.
public struct EvaluationOutcome: Equatable, Sendable {
  public var lossSum = 0.0
  public var correct = 0

  /// The outcome of no samples.
  public init() {}
}

/// Computes training steps on one device; it knows neither ranks nor messages.
///
/// Calls come from one thread, in the order `attach`, then any number of the others.
public protocol Engine: AnyObject {
  /// What the engine computes on, for people and records: `cpu`.
  var device: String { get }

  /// Whether `update` may be called from within `onReady`, for the range that is announced there.
  ///
  /// So it is where a device goes on with the pass by itself, and changes parameters after it.
  var updatesWhileComputing: Bool { get }

  /// The gradients in a device's memory, for an MPI that reads and writes there; nil where they are the
  /// host's.
  ///
  /// Their place as the target of `computeGradients`, and as the only source of `update`, keeps them from
  /// being copied.
  var deviceGradients: (any DeviceNumbers)? { get }

  /// Takes the training samples and the buffers of the replica; again, to go on with others.
  ///
  /// - Parameter largestBatch: no later batch is larger; workspaces are made for it here.
  func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) throws

  /// Computes the gradients of the *sum* of the losses of the samples at `indices`.
  ///
  /// Overwrites all of `gradients` (never adds), also for an empty batch.
  /// - Parameters:
  ///   - indices: places in the attached samples.
  ///   - gradients: as many numbers as there are parameters.
  ///   - onReady: told each range of gradients as it becomes final, last parameters first; the ranges
  ///     cover all parameters once, so that an exchange can begin while earlier layers still work.
  ///     The time that it takes is in the backward phase.
  func computeGradients(
    of indices: UnsafeBufferPointer<Int32>, into gradients: UnsafeMutableBufferPointer<Float>,
    onReady: (Range<Int>) -> Void
  ) -> BatchOutcome

  /// Changes the parameters and the state of `range` by the optimizer's rule.
  ///
  /// Where several ranks' gradients lie in shared memory, sum and update are one pass over it.
  /// - Parameters:
  ///   - range: which parameters, within the range whose state is lent.
  ///   - gradients: places as in the parameters: the first one read of each source is number
  ///     `range.lowerBound`. They may be changed when the call returns or, where that was within
  ///     `onReady`, when `computeGradients` does.
  ///   - scale: factor that makes the sums means: one over the number of samples.
  ///   - step: the number of this step, from 1.
  func update(_ range: Range<Int>, from gradients: GradientSum, scale: Float, step: Int)

  /// Loss and hits of the model on other samples of the same shape.
  func evaluate(_ samples: Samples) -> EvaluationOutcome

  /// Makes the lent buffers (parameters, optimizer state) valid where the engine keeps its own copies
  /// on a device.
  func publishParameters()

  /// Takes over what somebody else wrote into the lent buffers since `attach`.
  func adoptParameters()

  /// Throws what went wrong on the device in a call since `attach` that cannot throw.
  ///
  /// What such a call returned is worthless. Whoever runs steps asks after each.
  func checkDevice() throws
}

extension Engine {
  /// On a processor earlier layers still read the parameters.
  public var updatesWhileComputing: Bool { false }
  /// Gradients of a processor are the host's.
  public var deviceGradients: (any DeviceNumbers)? { nil }
  /// Nothing to do where the lent buffers are what the engine computes with.
  public func adoptParameters() {}
  /// Nothing can go wrong on a processor.
  public func checkDevice() throws {}
}
