import NeuralNetwork

/// The memory with which one worker computes a part of a batch.
final class Part {
  let workspace: Workspace
  /// Loss sum and correct predictions of the worker's part of an evaluation.
  var outcome = BatchOutcome()

  init(_ plan: Plan, capacity: Int) { workspace = Workspace(plan, capacity: capacity) }

  /// The range of part `part` of `parts`, out of `count` items; sizes differ by at most one.
  static func range(_ part: Int, of parts: Int, count: Int) -> Range<Int> {
    (part * count / parts)..<((part + 1) * count / parts)
  }
}
