import NeuralNetwork

/// What one worker needs to compute a part of a batch: memory of its own.
final class Part {
  let workspace: Workspace
  /// What the worker found in its part of an evaluation.
  var outcome = BatchOutcome()

  init(_ plan: Plan, capacity: Int) { workspace = Workspace(plan, capacity: capacity) }

  /// The samples of part `part` of `parts`, out of `count`: sizes differ by one at most.
  static func range(_ part: Int, of parts: Int, count: Int) -> Range<Int> {
    (part * count / parts)..<((part + 1) * count / parts)
  }
}
