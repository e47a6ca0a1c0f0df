import NeuralNetwork
internal import VectorKernels

/// A cut of a batch by samples that one worker computes: memory and gradients of its own.
///
/// Parts follow from the number of samples and of parts alone, and their gradients are joined in a
/// fixed tree, so the same number of parts gives the same bits on every run, whoever computes which
/// part.
final class Part {
  let workspace: Workspace
  /// Gradients of the part's samples; nil for the first part, which writes where the caller wants
  /// them.
  let gradients: FloatBuffer?
  /// What the part found in the step at hand.
  var outcome = BatchOutcome()

  init(_ plan: Plan, capacity: Int, parameterCount: Int, isFirst: Bool) {
    workspace = Workspace(plan, capacity: capacity)
    gradients = isFirst ? nil : FloatBuffer(count: parameterCount)
  }

  /// The samples of part `part` of `parts`, out of `count`: sizes differ by one at most.
  static func range(_ part: Int, of parts: Int, count: Int) -> Range<Int> {
    (part * count / parts)..<((part + 1) * count / parts)
  }

  /// Joins all parts' gradients within `range` into those of the first part.
  ///
  /// The tree: of the parts that are left the second half goes into the first, `l` with `l + half`,
  /// until one is left.
  static func join(
    _ parts: [Part], first: UnsafeMutablePointer<Float>, within range: Range<Int>
  ) {
    func sums(_ part: Int) -> UnsafeMutablePointer<Float> {
      (parts[part].gradients?.data ?? first) + range.lowerBound
    }
    var count = parts.count
    while count > 1 {
      let half = (count + 1) / 2
      for part in 0..<(count - half) { vk_add(sums(part), sums(part + half), range.count) }
      count = half
    }
  }
}
