/// The flat buffers of a replica that are passed to an engine.
///
/// The buffers are borrowed: the caller of `attach` owns the memory and keeps it alive while the
/// engine uses it.
public struct ModelBuffers {
  /// All parameters, in the order of `ParameterLayout`.
  public let parameters: UnsafeMutableBufferPointer<Float>
  /// Optimizer state: `statesPerParameter` consecutive buffers, each of the size of `stateRange`.
  public let optimizerState: UnsafeMutableBufferPointer<Float>
  /// The parameters for which `optimizerState` holds state; only these can be updated.
  public let stateRange: Range<Int>

  /// Buffers with the sizes that the layout and the optimizer require.
  ///
  /// - Parameter stateRange: nil if there is state for all parameters.
  public init(
    parameters: UnsafeMutableBufferPointer<Float>,
    optimizerState: UnsafeMutableBufferPointer<Float>, stateRange: Range<Int>? = nil
  ) {
    self.parameters = parameters
    self.optimizerState = optimizerState
    self.stateRange = stateRange ?? 0..<parameters.count
  }
}

/// The results of one call of `computeGradients` other than the gradients.
public struct BatchOutcome: Equatable, Sendable {
  /// Sum of the samples' losses, not their mean.
  public var lossSum = 0.0
  /// Number of correct predictions: samples for which the label's output is the largest.
  public var correct = 0
  /// Time of the load phase in seconds: gathering and normalising the batch.
  public var loadSeconds = 0.0
  /// Time of the forward phase in seconds: from the inputs to the loss.
  public var forwardSeconds = 0.0
  /// Time of the backward phase in seconds: from the loss to the last gradient.
  public var backwardSeconds = 0.0

  /// The outcome of an empty batch.
  public init() {}
}

/// Loss and correct predictions over a set of samples, as sums that can be added over ranks.
public struct EvaluationOutcome: Equatable, Sendable {
  /// Sum of the samples' losses, not their mean.
  public var lossSum = 0.0
  /// Number of correct predictions.
  public var correct = 0

  /// The outcome of an empty set of samples.
  public init() {}
}

/// Computes training steps on one device.
///
/// An engine does not depend on ranks or messages. All calls come from one thread: first `attach`,
/// then any number of the other functions.
public protocol Engine: AnyObject {
  /// Name of the device for output and records, such as `cpu`.
  var device: String { get }

  /// Whether `update` may be called from within `onReady`, for the range that it reports as final.
  ///
  /// This is true for a device that continues the pass without the host and applies the update
  /// after the pass.
  var updatesWhileComputing: Bool { get }

  /// The gradients in a device's memory, for an MPI library that can access device memory.
  ///
  /// Nil if the gradients are in the host's memory. If their address is the target of
  /// `computeGradients` and the only source of `update`, the gradients are not copied.
  var deviceGradients: (any DeviceNumbers)? { get }

  /// Sets the training samples and the buffers of the replica; a later call replaces them.
  ///
  /// - Parameter largestBatch: size of the largest later batch, for which workspaces are allocated.
  func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) throws

  /// Computes the gradients of the *sum* of the losses of the samples at `indices`.
  ///
  /// Overwrites all of `gradients` (never adds to it), also for an empty batch.
  /// - Parameters:
  ///   - indices: indices of the batch's samples in the attached samples.
  ///   - gradients: one number for each parameter.
  ///   - onReady: called with each range of gradients as soon as it is final, the last parameters
  ///     first. The ranges cover every parameter once. The caller can thus start the exchange of a
  ///     range while earlier layers are still computed. Its time is part of the backward phase.
  func computeGradients(
    of indices: UnsafeBufferPointer<Int32>, into gradients: UnsafeMutableBufferPointer<Float>,
    onReady: (Range<Int>) -> Void
  ) -> BatchOutcome

  /// Updates the parameters and the optimizer state of `range` by the optimizer's rule.
  ///
  /// If the gradients of several ranks are in shared memory, one pass over it computes both the sum
  /// and the update.
  /// - Parameters:
  ///   - range: the parameters to update, within `ModelBuffers.stateRange`.
  ///   - gradients: the gradients to add up. Each source is indexed like the parameters, so the
  ///     first element read is the one at `range.lowerBound`. The caller may overwrite the sources
  ///     after the call returns or, for a call from within `onReady`, after `computeGradients`
  ///     returns.
  ///   - scale: one over the number of samples, which turns the sums into means.
  ///   - step: the number of this step, from 1.
  func update(_ range: Range<Int>, from gradients: GradientSum, scale: Float, step: Int)

  /// Computes loss and correct predictions of the model on other samples of the same shape.
  func evaluate(_ samples: Samples) -> EvaluationOutcome

  /// Copies parameters and optimizer state to the attached buffers.
  ///
  /// Needed before the caller reads the buffers: an engine may keep newer copies on a device.
  func publishParameters()

  /// Reads parameters and optimizer state from the attached buffers.
  ///
  /// Needed after the caller has changed the buffers since `attach`.
  func adoptParameters()

  /// Reads the images from the attached samples again.
  ///
  /// Needed after the caller has changed them since `attach`.
  func adoptSamples()

  /// Throws the error of a call since `attach` that failed on the device but cannot throw.
  ///
  /// The results of such a call are invalid. The caller checks after each step.
  func checkDevice() throws
}

extension Engine {
  /// False: on a CPU the computation of earlier layers still reads the parameters.
  public var updatesWhileComputing: Bool { false }
  /// Nil: on a CPU the gradients are in the host's memory.
  public var deviceGradients: (any DeviceNumbers)? { nil }
  /// Does nothing: on a CPU the engine computes directly with the attached buffers.
  public func adoptParameters() {}
  /// Does nothing: on a CPU the engine reads the attached samples themselves.
  public func adoptSamples() {}
  /// Does nothing: on a CPU there are no device errors.
  public func checkDevice() throws {}
}
