/// An engine that can run many whole steps in one call, if no gradient exchange is needed.
///
/// A device that holds parameters, gradients and data runs such steps without the host. The results
/// are those of `computeGradients` followed by `update` of all parameters, for each step.
public protocol StepRunner: Engine {
  /// Runs one step for each batch: the mean gradients, then the update of all parameters.
  ///
  /// Returns when all steps are complete. The attached buffers must have the state of all
  /// parameters.
  /// - Parameters:
  ///   - batches: indices in the attached samples; no batch is empty.
  ///   - firstStep: the number of the first step, from 1.
  /// - Returns: the outcome of each batch. Its times are zero, because the phases of such steps are
  ///   not measured separately; the caller measures the whole call.
  func runSteps(_ batches: [UnsafeBufferPointer<Int32>], firstStep: Int) -> [BatchOutcome]
}
