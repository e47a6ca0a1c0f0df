import NeuralNetwork

/// A gradient exchange method, which sums the gradients of all ranks and updates the parameters.
///
/// It owns the replica's memory, because the method decides where gradients and parameters have to
/// be. In every step all ranks call `ready` for ranges that are final early, if at all, and then
/// `finish`.
package protocol GradientSync: AnyObject {
  /// This rank's parameters, gradients and optimizer state.
  var replica: Replica { get }

  /// Synchronisation points of a step.
  var synchronisationPoints: Int { get }

  /// Gradients of a bucket that is exchanged during the backward pass; nil if all are exchanged after it.
  var bucket: Int? { get }

  /// Exchanges gradients that are final while the engine still computes those of earlier layers.
  ///
  /// In a step the caller calls it either never or for all ranges, the last parameters first.
  /// - Parameter timeline: receives the synchronisation points.
  func ready(_ range: Range<Int>, _ update: StepUpdate, _ timeline: StepTimeline) throws

  /// Sums the remaining gradients and the totals over all ranks and updates the parameters.
  ///
  /// When it returns, this rank may compute with the new parameters.
  /// - Parameters:
  ///   - arrival: when this rank finished computing, in seconds of its clock.
  ///   - timeline: receives the synchronisation points.
  func finish(_ update: StepUpdate, arrival: Double, _ timeline: StepTimeline) throws

  /// Loss, correct predictions and samples of all ranks in the step that was finished last.
  var totals: StepTotals { get }

  /// Whether that step updated the parameters; a step whose loss is not finite does not where the loss
  /// of all ranks is known in time. The same on all ranks.
  var isUpdated: Bool { get }

  /// Frees shared memory; called by all ranks, which no longer use the replica.
  func close() throws
}

/// The update of the parameters in one step, by the optimizer's rule and the mean gradients.
package struct StepUpdate {
  let engine: any Engine
  /// One over the number of samples of all ranks, which turns the sums into means.
  let scale: Float
  /// The number of the step, from 1.
  let step: Int
  /// Whether no step may update whose loss is not finite, also if that costs time in every step.
  let onlyIfFinite: Bool

  /// An update by its parts.
  package init(engine: any Engine, scale: Float, step: Int, onlyIfFinite: Bool = false) {
    self.engine = engine
    self.scale = scale
    self.step = step
    self.onlyIfFinite = onlyIfFinite
  }

  /// Updates the parameters of `range` from sums of gradients.
  func callAsFunction(_ range: Range<Int>, from gradients: GradientSum) {
    engine.update(range, from: gradients, scale: scale, step: step)
  }
}

extension GradientSync {
  package var totals: StepTotals { replica.totals }
  package var bucket: Int? { nil }
  package func close() {}
  /// Does nothing: by default a method exchanges only when all gradients are final.
  package func ready(_ range: Range<Int>, _ update: StepUpdate, _ timeline: StepTimeline) {}
}
