import MessagePassing
import NeuralNetwork

/// One way of bringing all ranks' gradients together and changing the parameters with them.
///
/// It owns the memory that this needs, the replica. All ranks call `finish` in every step, when they
/// have computed their gradients, and before it, if they can, `ready`.
package protocol GradientSync: AnyObject {
  /// This rank's buffers, where the way of exchange wants them.
  var replica: Replica { get }

  /// How many times a step the ranks wait for each other.
  var synchronisationPoints: Int { get }

  /// Takes gradients of this rank that are final while earlier layers still work, last parameters first.
  ///
  /// Whoever calls it calls it for all ranges of a step, with the step's update.
  func ready(_ range: Range<Int>, _ update: StepUpdate, timeline: inout StepTimeline) throws

  /// Sums gradients and totals over all ranks and updates the parameters with the mean gradient.
  ///
  /// When it returns, this rank may compute with the new parameters. Each meeting is noted in the
  /// timeline.
  func finish(_ update: StepUpdate, timeline: inout StepTimeline) throws

  /// What all ranks did in the step that was finished last.
  var totals: StepTotals { get }

  /// Gives shared memory back; called by all ranks, which no longer use the replica.
  func close() throws
}

/// The update that ends a step.
package struct StepUpdate {
  let engine: any Engine
  /// One over the number of samples of all ranks.
  let scale: Float
  /// From 1.
  let step: Int
  /// When this rank came, on its own clock.
  var arrival: Double

  /// An update by its parts.
  package init(engine: any Engine, scale: Float, step: Int, arrival: Double) {
    self.engine = engine
    self.scale = scale
    self.step = step
    self.arrival = arrival
  }

  func callAsFunction(_ range: Range<Int>, from gradients: GradientSum) {
    engine.update(range, from: gradients, scale: scale, step: step)
  }
}

extension GradientSync {
  package var totals: StepTotals { replica.totals }
  package func close() {}
  /// Ways that begin when all is there.
  package func ready(_ range: Range<Int>, _ update: StepUpdate, timeline: inout StepTimeline) {}
}
