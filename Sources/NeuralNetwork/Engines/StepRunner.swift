/// What an engine can do besides where gradients meet nobody else's: whole steps, many in one go.
///
/// A device that keeps parameters, gradients and data to itself needs the host for neither. Results are
/// those of `computeGradients` and `update` of all parameters, step by step.
public protocol StepRunner: Engine {
  /// Takes a step for each batch: gradients, then the update of all parameters with their mean.
  ///
  /// Returns when all are done. The buffers must have been lent with the state of all parameters.
  /// - Parameters:
  ///   - batches: places in the attached samples; none of them empty.
  ///   - firstStep: the number of the first step, from 1.
  /// - Returns: what each batch came to. The seconds are zero: phases of such steps are not told apart,
  ///   so the caller times the call.
  func runSteps(_ batches: [UnsafeBufferPointer<Int32>], firstStep: Int) -> [BatchOutcome]
}
